"""What each country wants to read on a dealer's site: the legal notice and the words for VAT (SEO.md §18).

One table in code, a row a country; `rules` gives it. Every other country of the Union gets `DEFAULT`, the common core
of Directive 2000/31/EC, Article 5. Laws, registers and numbers keep their names in the country's own language;
everything around them comes from the words of a theme. These are defaults of the product, not legal advice.

The platform of the EU for online disputes closed on 20 July 2025: no text here names or links it.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

Texts = Mapping[str, str]
"""Language → text."""

FIELDS = (
    *("provider", "form", "capital", "address", "represented_by", "phone", "email", "register_court", "register"),
    *("business_id", "vat_id", "purpose", "authority", "chamber", "licence", "publisher", "host", "mediator"),
)
"""Every field a legal notice may have, in the order it is shown in. `provider`, `address`, `phone`, `email` and
`vat_id` stand in columns of the dealer; the rest are keys of `Dealer.legal` and `Tenant.legal`."""
EVERYBODY = frozenset({"provider", "address", "phone", "email"})
"""What every country asks of everybody (Directive 2000/31/EC, Article 5; a second fast contact: ECJ C-298/07)."""
REGISTERED = frozenset({"represented_by", "register"})
"""What is asked of whoever stands in a commercial register."""


@dataclass(frozen=True, slots=True)
class CountryRules:
    """What a country asks of a dealer's site.

    Args:
        country: ISO 3166-1, two letters; empty in `DEFAULT`.
        law: names the law of the legal notice: `§ 5 DDG`.
        required: fields everybody there must fill in, names of `FIELDS`.
        required_if_registered: fields that whoever stands in the commercial register must fill in besides.
        labels: language → field → what the country calls it there (`de` → `vat_id` → `UID-Nummer`); where there is no
            entry the theme's word is used.
        dispute: language → the sentence on settling disputes below the notice; none where no law asks for one.
        tax: language → what the country calls value added tax there (`USt.`); else the theme's word `pages.vat.tax`.
        margin_law: names the margin scheme for used goods (`§ 25a UStG`); None where cars cannot be taxed so.
    """

    country: str
    law: str
    required: frozenset[str] = EVERYBODY | {"vat_id"}
    required_if_registered: frozenset[str] = REGISTERED
    labels: Mapping[str, Texts] = field(default_factory=dict)
    dispute: Texts = field(default_factory=dict)
    tax: Texts = field(default_factory=dict)
    margin_law: str | None = None

    def label(self, name: str, lang: str) -> str | None:
        """Give what the country calls a field in a language, None where the theme's word will do."""
        return self.labels.get(lang, {}).get(name)

    def dispute_sentence(self, lang: str) -> str | None:
        """Give the sentence on settling disputes in a language, in English where it is not written in it."""
        return self.dispute.get(lang) or self.dispute.get("en")

    def missing(self, filled: Collection[str], *, registered: bool) -> tuple[str, ...]:
        """Name the required fields that are not filled in, in the order of `FIELDS`.

        Args:
            filled: fields that say something.
            registered: the dealer stands in the commercial register.
        """
        wanted = self.required | (self.required_if_registered if registered else frozenset())
        return tuple(name for name in FIELDS if name in wanted and name not in filled)


def rules(country: str) -> CountryRules:
    """Give the rules of a country.

    Args:
        country: ISO 3166-1, two letters, in either case.
    """
    return _TABLE.get(country.upper(), DEFAULT)


def known_countries() -> tuple[str, ...]:
    """Give the countries that have rules of their own, sorted."""
    return tuple(sorted(_TABLE))


def margin_invoice(lang: str) -> str:
    """Give the words an invoice under the margin scheme must carry (Directive 2006/112/EC, Article 226(14)).

    Args:
        lang: language of the invoice; English where the list has no words in it.
    """
    return MARGIN_INVOICE.get(lang, MARGIN_INVOICE["en"])


MARGIN_INVOICE: Texts = MappingProxyType(
    {
        "de": "Gebrauchtgegenstände/Sonderregelung",
        "en": "Margin scheme – Second-hand goods",
        "fr": "Régime particulier – Biens d'occasion",
        "it": "Regime del margine – beni di occasione",
        "es": "Régimen especial de los bienes usados",
        "nl": "Bijzondere regeling – gebruikte goederen",
        "pl": "procedura marży – towary używane",
        "cs": "zvláštní režim – použité zboží",
    }
)
DEFAULT = CountryRules(country="", law="")

_TABLE = {
    found.country: found
    for found in (
        CountryRules(
            country="DE",
            law="§ 5 DDG",
            required_if_registered=REGISTERED | {"register_court"},
            labels={"de": {"vat_id": "USt-IdNr.", "register": "Registernummer", "register_court": "Registergericht"}},
            # § 36 VSBG: whoever had more than ten people at the end of last year has to say it; nobody is hurt by it.
            dispute={
                "de": "Wir sind nicht bereit und nicht verpflichtet, an Streitbeilegungsverfahren vor einer "
                "Verbraucherschlichtungsstelle teilzunehmen (§ 36 VSBG).",
                "en": "We are neither willing nor obliged to take part in dispute settlement before a consumer "
                "arbitration board (§ 36 VSBG).",
            },
            tax={"de": "MwSt."},
            margin_law="§ 25a UStG",
        ),
        CountryRules(
            country="AT",
            law="§ 5 ECG, § 25 MedienG",
            required=EVERYBODY | {"vat_id", "purpose", "authority", "chamber"},
            required_if_registered=REGISTERED | {"register_court"},
            labels={
                "de": {
                    "vat_id": "UID-Nummer",
                    "register": "Firmenbuchnummer",
                    "register_court": "Firmenbuchgericht",
                    "authority": "Gewerbebehörde",
                    "purpose": "Unternehmensgegenstand",
                    "chamber": "Mitglied der",
                }
            },
            # § 19 AStG asks only those who take part; the law that applies is named for § 5 Abs. 1 Z 6 ECG.
            dispute={
                "de": "Es gilt die Gewerbeordnung, abrufbar unter ris.bka.gv.at.",
                "en": "The Austrian trade regulation act (Gewerbeordnung) applies; it can be read at ris.bka.gv.at.",
            },
            tax={"de": "USt."},
            margin_law="§ 24 UStG",
        ),
        CountryRules(
            country="CH",
            law="Art. 3 Abs. 1 lit. s UWG",
            required=EVERYBODY | {"business_id"},
            labels={
                "de": {"business_id": "UID", "register": "Handelsregister", "vat_id": "MWST-Nummer"},
                "fr": {"business_id": "IDE", "register": "Registre du commerce", "vat_id": "Numéro de TVA"},
                "it": {"business_id": "IDI", "register": "Registro di commercio", "vat_id": "Numero IVA"},
            },
            tax={"de": "MWST", "fr": "TVA", "it": "IVA"},
            # Margin taxation is for collectors' pieces only; for cars there is the notional deduction (Art. 28a MWSTG).
            margin_law=None,
        ),
        CountryRules(
            country="FR",
            law="art. 1-1 LCEN (loi n° 2004-575)",
            required=EVERYBODY | {"vat_id", "business_id", "publisher", "host", "mediator"},
            required_if_registered=REGISTERED | {"capital"},
            labels={
                "fr": {
                    "vat_id": "N° TVA intracommunautaire",
                    "business_id": "SIREN",
                    "register": "RCS",
                    "capital": "Capital social",
                    "publisher": "Directeur de la publication",
                    "host": "Hébergeur",
                    "mediator": "Médiateur de la consommation",
                }
            },
            dispute={
                "fr": "En cas de litige, le consommateur peut saisir gratuitement le médiateur nommé ci-dessus "
                "(art. L. 612-1 du code de la consommation).",
                "en": "In a dispute, consumers may turn to the mediator named above, free of charge "
                "(art. L. 612-1 code de la consommation).",
                "de": "Bei einem Streit können sich Verbraucher kostenlos an die oben genannte Mediationsstelle wenden "
                "(Art. L. 612-1 code de la consommation).",
            },
            tax={"fr": "TVA"},
            margin_law="art. 297 A CGI",
        ),
        CountryRules(
            country="IT",
            law="art. 7 D.Lgs. 70/2003",
            required_if_registered=REGISTERED | {"register_court", "capital"},
            labels={
                "it": {
                    "vat_id": "Partita IVA",
                    "register": "Numero REA",
                    "register_court": "Registro delle imprese",
                    "capital": "Capitale sociale",
                    "business_id": "Codice fiscale",
                }
            },
            tax={"it": "IVA"},
            margin_law="art. 36 D.L. 41/1995",
        ),
        CountryRules(
            country="ES",
            law="art. 10 LSSI (Ley 34/2002)",
            required=EVERYBODY | {"business_id"},
            labels={"es": {"business_id": "NIF", "register": "Registro Mercantil", "vat_id": "NIF-IVA"}},
            tax={"es": "IVA"},
            margin_law="art. 135 LIVA",
        ),
        CountryRules(
            country="NL",
            law="art. 3:15d BW",
            labels={"nl": {"register": "KVK-nummer", "vat_id": "Btw-identificatienummer"}},
            tax={"nl": "btw"},
            margin_law="art. 28b Wet OB 1968",
        ),
        CountryRules(
            country="BE",
            law="art. XII.6 WER/CDE",
            required=EVERYBODY | {"vat_id", "business_id"},
            labels={
                "nl": {"business_id": "Ondernemingsnummer (KBO)", "register": "RPR", "vat_id": "Btw-nummer"},
                "fr": {"business_id": "Numéro d'entreprise (BCE)", "register": "RPM", "vat_id": "Numéro de TVA"},
            },
            tax={"nl": "btw", "fr": "TVA"},
            margin_law="art. 58 § 4 WBTW/CTVA",
        ),
        CountryRules(
            country="LU",
            law="art. 5 loi du 14 août 2000",
            required=EVERYBODY | {"vat_id", "licence"},
            labels={
                "fr": {
                    "register": "RCS Luxembourg",
                    "licence": "Autorisation d'établissement",
                    "vat_id": "Numéro de TVA",
                },
                "de": {"register": "RCS Luxembourg", "licence": "Niederlassungsgenehmigung"},
            },
            tax={"fr": "TVA"},
            margin_law="art. 56ter-1 LTVA",
        ),
        CountryRules(
            country="PL",
            law="art. 5 UŚUDE",
            required=EVERYBODY | {"vat_id"},
            required_if_registered=REGISTERED | {"register_court", "capital"},
            labels={
                "pl": {
                    "vat_id": "NIP",
                    "business_id": "REGON",
                    "register": "KRS",
                    "register_court": "Sąd rejestrowy",
                    "capital": "Kapitał zakładowy",
                }
            },
            tax={"pl": "VAT"},
            margin_law="art. 120 ustawy o VAT",
        ),
        CountryRules(
            country="CZ",
            law="§ 435 OZ, § 14 ZOS",
            required=EVERYBODY | {"business_id"},
            required_if_registered=REGISTERED | {"register_court"},
            labels={
                "cs": {
                    "business_id": "IČO",
                    "vat_id": "DIČ",
                    "register": "Spisová značka",
                    "register_court": "Obchodní rejstřík",
                }
            },
            dispute={
                "cs": "Mimosoudní řešení spotřebitelských sporů zajišťuje Česká obchodní inspekce (coi.gov.cz).",
                "en": "Consumer disputes can be settled out of court by the Czech Trade Inspection (coi.gov.cz).",
                "de": "Für die außergerichtliche Beilegung von Verbraucherstreitigkeiten ist die Tschechische "
                "Handelsinspektion zuständig (coi.gov.cz).",
            },
            tax={"cs": "DPH"},
            margin_law="§ 90 ZDPH",
        ),
    )
}
