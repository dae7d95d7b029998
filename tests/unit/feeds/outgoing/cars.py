"""Cars that each hit a rule of the outgoing feeds, for any country; the golden files are made of them."""

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

from storefront.feeds.outgoing import Channel, Picture, Seller, StockItem

COUNTRIES = ("DE", "AT", "IT", "ES", "FR", "NL")
PLACES: dict[str, tuple[str, str, str, float, float]] = {
    "DE": ("Weg 1", "22111", "Hamburg", 53.55062, 10.05431),
    "AT": ("Gasse 2", "1100", "Wien", 48.17512, 16.37891),
    "IT": ("Via Roma 3", "20121", "Milano", 45.46923, 9.18814),
    "ES": ("Calle Mayor 4", "28013", "Madrid", 40.41685, -3.70371),
    "FR": ("rue de l'Église 5", "75015", "Paris", 48.84121, 2.29912),
    "NL": ("Gracht 6", "1012 AB", "Amsterdam", 52.37412, 4.89812),
}
UGLY = 'Top\tgepflegt "wie neu"\r\n\r\n</script> & ]]> 🚗👨‍👩‍👧 שלום עולם ärger=1\u2028Ende'


def channel() -> Channel:
    """Give the site the cars stand on."""
    return Channel("North & Söhne", "https://north.example/", "de")


def seller(country: str) -> Seller:
    """Give a dealer of a country."""
    street, postal_code, city, latitude, longitude = PLACES[country]
    return Seller(
        "d1", f"North {city}", f"north-{country}", street, postal_code, city, country, latitude, longitude, "+4940123"
    )


def car(number: int, country: str = "DE", **other: Any) -> StockItem:
    """Give a used petrol car, complete, with another VIN for each number."""
    made = StockItem(
        id=f"car{number:010}",
        state="active",
        url=f"https://north.example/vehicles/volkswagen-golf-car{number:010}/",
        title="Volkswagen Golf 1.5 TSI Life 2021",
        description="Ein Golf.",
        make="Volkswagen",
        model="Golf",
        condition="used",
        seller=seller(country),
        stock_number=f"N-{number}",
        version="1.5 TSI Life",
        vin=f"WVWZZZ1KZAW{number:06}",
        year=2021,
        first_registered=date(2021, 3, 1),
        mileage_km=42_000,
        price_cents=21_990_00,
        vat="standard",
        vat_rate=190,
        body="hatchback",
        fuel="petrol",
        transmission="manual",
        gears=6,
        drive="front",
        colour="blue",
        colour_name="Blau metallic",
        doors=5,
        seats=5,
        power_kw=96,
        displacement_ccm=1498,
        torque_nm=200,
        previous_owners=1,
        consumption_combined=54,
        co2_g_km=122,
        co2_class="D",
        emission_class="euro6d",
        features=("Sitzheizung", "Tempomat, adaptiv"),
        pictures=tuple(Picture(f"https://north.example/i/{number:020x}-large.jpg") for _ in range(1)),
        listed_on=date(2026, 10, 1),
        changed_at=datetime(2026, 11, 20, 9, 0, tzinfo=UTC),
    )
    return replace(made, **other)


def new_plugin(number: int, country: str = "DE", **other: Any) -> StockItem:
    """Give a new plug-in hybrid with everything the law wants of it."""
    values: dict[str, Any] = {
        "title": "Volkswagen Golf eHybrid 2026",
        "version": "eHybrid",
        "condition": "new",
        "year": 2026,
        "first_registered": None,
        "mileage_km": 10,
        "fuel": "plugin_hybrid",
        "counts_as_new": True,
        "consumption_combined": 3,
        "consumption_electric": 151,
        "consumption_discharged": 52,
        "co2_g_km": 7,
        "co2_class": "B",
        "co2_discharged_g_km": 118,
        "co2_class_discharged": "D",
        "electric_range_km": 141,
        "battery_kwh_tenths": 197,
        "emission_class": "euro6e",
    }
    return car(number, country, **{**values, **other})


def lot(country: str) -> list[StockItem]:
    """Give a lot in which each rule meets a car."""

    def pictures(many: int) -> tuple[Picture, ...]:
        kinds = ("exterior", "interior", "engine", "detail")
        return tuple(Picture(f"https://north.example/i/{n:020x}-large.jpg", kinds[n % 4]) for n in range(many))

    electric = {"fuel": "electric", "consumption_combined": None, "co2_g_km": 0, "co2_class": "A", "mileage_km": 5}
    return [
        car(1, country, pictures=pictures(3)),
        car(2, country, fuel="diesel", version="2.0 TDI", body="estate", vat="margin", vat_rate=None),
        new_plugin(3, country),
        new_plugin(4, country, consumption_discharged=None, co2_discharged_g_km=None, co2_class_discharged=None),
        car(
            5, country, **electric, condition="new", first_registered=None, counts_as_new=True, consumption_electric=159
        ),
        car(6, country, condition="new", first_registered=None, mileage_km=5, counts_as_new=True, co2_g_km=None),
        car(7, country, condition="new", first_registered=None, mileage_km=5, counts_as_new=True, emission_class=None),
        car(8, country, vin=None),
        car(9, country, vin="WVWZZZIKZAW000009"),
        car(10, country, vin="WVWZZZ1KZAW000001", listed_on=date(2026, 9, 1)),
        car(11, country, price_cents=None),
        car(12, country, pictures=()),
        car(13, country, condition="damaged", damaged=True),
        car(14, country, accident_free=False),
        car(15, country, state="sold"),
        car(16, country, state="reserved"),
        car(17, country, state="incoming"),
        car(18, country, vin="WVWZZZ1KZAW000015", listed_on=date(2026, 8, 1)),
        car(19, country, title="Volkswagen Golf " + "Sondermodell " * 12, description=UGLY, version='=1+1 "X"\tY'),
        car(20, country, first_registered=None, year=2019),
        car(21, country, fuel=None, body=None, drive=None, transmission=None),
        car(22, country, body="van", seats=3),
        car(23, country, body="van", seats=9, pictures=pictures(25)),
        car(24, country, fuel="cng", consumption_combined=36, price_cents=9_990_50, old_price_cents=10_990_00),
        car(25, country, mileage_km=None),
        car(26, country, colour=None, colour_name=None),
        car(27, country, mileage_km=900, counts_as_new=True),
        car(28, country, state="sold"),
    ]
