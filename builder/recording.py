"""Writing down a finished build: the rows of its files, who read what, where addresses went. All in one transaction."""

from dataclasses import dataclass

from . import postings, records
from .draft import Draft
from .reads import Things, unpacked
from .records import Record


@dataclass(frozen=True, slots=True)
class Recording:
    """What a build leaves in the database besides its outcome."""

    draft: Draft

    def write(self) -> None:
        """Write it, in the open transaction."""
        if self.draft.is_whole:
            self._write_all()
        else:
            self._write_changes()

    def _write_all(self) -> None:
        """Number all files anew and write all rows."""
        draft, site = self.draft, self.draft.outlook.stand.number
        rows = draft.rows
        for row in draft.kept:
            rows.append(row._replace(number=len(rows) + 1))
            draft.readers.add(len(rows), row.things)
        rows += [row._replace(number=number) for number, row in enumerate(draft.files.values(), start=len(rows) + 1)]
        records.write(site, rows, None)
        postings.write_all(site, draft.readers)

    def _write_changes(self) -> None:
        """Write the rows of what was drawn, changed or went."""
        draft, site = self.draft, self.draft.outlook.stand.number
        next_number = records.last_number(site) + 1
        rows: list[Record] = []
        changes: list[tuple[int, Things, Things]] = []
        for row, before in draft.page_records():
            if not row.number:
                row, next_number = row._replace(number=next_number), next_number + 1
            rows.append(row)
            changes.append((row.number, before, unpacked(row.things)))
        doomed = [row for row in draft.outlook.gone if row.address not in draft.drawn]
        changes += [(row.number, unpacked(row.things), {}) for row in doomed]
        for name, row in draft.files.items():
            former = draft.known.files.get(name)
            if former is None:
                row, next_number = row._replace(number=next_number), next_number + 1
            rows.append(row if former is None else row._replace(number=former.number))
        gone = [row.number for row in (*doomed, *draft.doomed)]
        if rows or gone:
            records.write(site, rows, gone)
        postings.change(site, changes)
