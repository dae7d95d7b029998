"""What stands between a commit and the search that finds it (issue 5, S3)."""

import subprocess
import sys

ORDER = """
import wsgi
from storefront.core import outbox
from storefront.domain.listings.events import VehiclePriceUpdated

wsgi.plug_listeners()
print(*(listener.__module__ for listener in outbox._listeners[VehiclePriceUpdated]))
"""


def test_a_car_whose_price_changed_is_found_before_it_is_valued_anew() -> None:
    # In a process of its own: other tests may have plugged listeners in another order.
    ran = subprocess.run([sys.executable, "-c", ORDER], capture_output=True, text=True, check=True)
    heard = ran.stdout.split()
    assert heard.index("search.listeners") < heard.index("storefront.domain.valuation.listeners")


def test_a_worker_that_warmed_up_reads_no_word_of_the_trade_for_a_car() -> None:
    script = """
from search import trade
trade.warm_up()
missed = trade._book.cache_info().misses, trade._by_beginning.cache_info().misses, trade.phrases.cache_info().misses
trade.not_of(("estate", "diesel", "manual", "front"))
trade.names_of("BMW", "320d")
trade.meant_in(("station", "wagon"))
assert missed == (1, 1, 1) == (
    trade._book.cache_info().misses, trade._by_beginning.cache_info().misses, trade.phrases.cache_info().misses
), missed
"""
    subprocess.run([sys.executable, "-c", script], check=True)
