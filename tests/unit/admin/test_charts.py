"""Charts are pictures with words: figures for who cannot see, nothing of a dealer's text that could become markup."""

from datetime import date

from lxml import etree

from admin.charts import Bar, Point, bars, line, sparkline, steps

PRICES = [Point(date(2026, 1, 1), 30_000, "01.01., 30.000 €"), Point(date(2026, 3, 1), 28_500, "01.03., 28.500 €")]


def drawn(markup: str) -> etree._Element:
    """Read a chart as XML, which it has to be."""
    return etree.fromstring(markup)


def test_a_chart_says_its_figures() -> None:
    chart = drawn(steps(PRICES, "Preis"))
    named = {element.get("id"): element.text for element in chart if element.get("id")}
    ids = str(chart.get("aria-labelledby")).split()
    assert [named[name] for name in ids] == ["Preis", "01.01., 30.000 €; 01.03., 28.500 €"]


def test_a_price_that_falls_is_drawn_lower() -> None:
    first, last = (float(dot.get("cy", 0)) for dot in drawn(line(PRICES, "Preis")).iter("circle"))
    assert last > first


def test_one_value_and_none_are_charts_too() -> None:
    assert len(list(drawn(line(PRICES[:1], "Preis")).iter("circle"))) == 1
    assert list(drawn(line([], "Preis")).iter("circle")) == []
    assert list(drawn(bars([], "Alter")).iter("rect")) == []


def test_the_highest_bar_fills_the_room_and_zero_none() -> None:
    heights = [
        float(bar.get("height", 0))
        for bar in drawn(bars([Bar("a", 10, "10"), Bar("b", 0, "0", "bad")], "Alter")).iter("rect")
    ]
    assert heights[0] > 100
    assert heights[1] == 0


def test_a_lone_bar_is_no_wider_than_one_of_eight_and_stands_in_the_middle() -> None:
    (lone,) = drawn(bars([Bar("a", 10, "10")], "Alter")).iter("rect")
    eighth = next(drawn(bars([Bar(str(n), 10, "10") for n in range(8)], "Alter")).iter("rect"))
    assert float(lone.get("width", 0)) < 1.5 * float(eighth.get("width", 0))
    assert float(lone.get("x", 0)) + float(lone.get("width", 0)) / 2 == 320


def test_words_never_become_markup() -> None:
    hostile = '"><script>alert(1)</script>'
    for chart in (
        line([Point(1, 1, hostile)], hostile),
        bars([Bar(hostile, 1, hostile, hostile)], hostile),
        sparkline([1, 2], hostile),
    ):
        assert not list(drawn(chart).iter("script"))
        assert "<script" not in chart
