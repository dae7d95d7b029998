"""A dealer's people and its answers to common questions: what may be told of them, and how it is kept."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from babel import Locale, UnknownLocaleError
from email_validator import EmailNotValidError, validate_email

from storefront.core.errors import DomainError

MOST_PEOPLE = 40
MOST_QUESTIONS = 60
"""In one language."""
NAME_LENGTH = 120
ROLE_LENGTH = 80
QUESTION_LENGTH = 200
ANSWER_LENGTH = 4000
MOST_LANGUAGES = 8


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody of a dealer's team.

    Args:
        name: as people read it.
        consent: she agreed to be named on the site; nobody is kept without (SECURITY D11).
        role: language → what she does.
        phone: in any usual writing; kept as E.164.
        email: her own address.
        languages: ISO 639 codes of what she speaks, her own first.
    """

    name: str
    consent: bool = False
    role: Mapping[str, str] = field(default_factory=dict)
    phone: str | None = None
    email: str | None = None
    languages: Sequence[str] = ()


def team_row(member: Member, phone: str | None) -> dict[str, Any]:
    """Give a person the way `Dealer.team` holds her, checked.

    Args:
        member: who.
        phone: her number as E.164.

    Raises:
        DomainError: no consent, or a field that is missing, too long or malformed.
    """
    name = " ".join(member.name.split())
    if not 1 <= len(name) <= NAME_LENGTH:
        raise DomainError(f"A name has 1 to {NAME_LENGTH} letters", field="name")
    if not member.consent:
        raise DomainError(f"{name} is shown only with her or his consent: say consent = true", field="consent")
    roles = {_language(lang): " ".join(text.split()) for lang, text in member.role.items() if text.strip()}
    if any(len(text) > ROLE_LENGTH for text in roles.values()):
        raise DomainError(f"A role has at most {ROLE_LENGTH} letters", field="role")
    spoken = [_language(code) for code in member.languages]
    if len(spoken) > MOST_LANGUAGES:
        raise DomainError(f"Name at most {MOST_LANGUAGES} languages", field="languages")
    return {
        "name": name,
        "role": roles,
        "phone": phone,
        "email": _email(member.email),
        "languages": list(dict.fromkeys(spoken)),
    }


def faq_rows(asked: Mapping[str, Sequence[tuple[str, str]]]) -> dict[str, list[list[str]]]:
    """Give questions and answers the way `Dealer.faq` holds them, checked; languages without any are left out.

    Args:
        asked: language → pairs of a question and its answer in safe Markdown, in the order they are shown.

    Raises:
        DomainError: too many, too long, one without an answer, or the same question twice.
    """
    found: dict[str, list[list[str]]] = {}
    for lang, pairs in asked.items():
        if len(pairs) > MOST_QUESTIONS:
            raise DomainError(f"There is room for {MOST_QUESTIONS} questions in a language", field="faq")
        rows = [_question(question, answer) for question, answer in pairs]
        if len({row[0].casefold() for row in rows}) < len(rows):
            raise DomainError(f"A question stands twice in {lang}", field="question")
        if rows:
            found[_language(lang)] = rows
    return found


def _question(question: str, answer: str) -> list[str]:
    asked, said = " ".join(question.split()), answer.strip()
    if not 1 <= len(asked) <= QUESTION_LENGTH:
        raise DomainError(f"A question has 1 to {QUESTION_LENGTH} letters", field="question")
    if not said:
        raise DomainError(f"There is no answer to {asked!r}", field="answer")
    if len(said) > ANSWER_LENGTH:
        raise DomainError(f"The answer to {asked!r} has more than {ANSWER_LENGTH} letters", field="answer")
    return [asked, said]


def _language(code: str) -> str:
    """Give a language's code the way it is kept.

    Raises:
        DomainError: there is no such language.
    """
    try:
        Locale.parse(code, sep="-")
    except (UnknownLocaleError, ValueError, TypeError) as error:
        raise DomainError(
            f"{code!r} is no language; write ISO 639 codes such as de, en, tr", field="languages"
        ) from error
    return code


def _email(address: str | None) -> str | None:
    if not address:
        return None
    try:
        return validate_email(address, check_deliverability=False).normalized
    except EmailNotValidError as error:
        raise DomainError(f"{address!r} cannot be an e-mail address", field="email") from error
