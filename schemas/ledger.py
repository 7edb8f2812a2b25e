"""The ledger (台账) as it is read from a file: good rows, problems, and where each of them stands."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from schemas.message import Message
from schemas.project import Technology
from schemas.reason import Reason

VillageCode = Annotated[str, StringConstraints(pattern=r"^[0-9]{12}$")]
"""Code of the statistics bureau: province 2, prefecture 2, county 2, township 3, village 3 digits."""

Tier = Literal["general", "three-regions", "deep-poverty", "designated-county", "contiguous-area", "border"]
"""Priority tier: 一般, 三区三州, 深度贫困, 定点县, 片区县, 边境和海岛."""

NetworkStatus = Literal["connected", "unconnected", "unknown"]
"""Whether a village has the network already; `unknown` also when the ledger does not tell."""


class LedgerRow(Message):
    """One line of a ledger, checked and in one notation: a village and what is to be built there.

    Attributes:
        row: Row number in the file as a spreadsheet program counts it; the first row is 1.
        village_code: 12-digit code as at the date of the ledger.
        village_name: Name at that date.
        township: Name of the township; empty when not told.
        county: Name of the county.
        prefecture: Name of the prefecture; empty when not told.
        province: Name of the province; empty when not told.
        technology: What is to be built.
        batch: Batch of the programme, for example `2018`.
        tier: Priority tier.
        builder: Code of the organisation that builds.
        fibre_status: Whether fibre is there already.
        g4_status: Whether 4G is there already.
        is_poor_village: Whether it is a registered poor village (建档立卡贫困村); None when not told.
        households: Number of households; None when not told.
        funding_cny: Subsidy in yuan with two decimals; None when not told.
        planned_finish_on: Planned day of completion; None when not told.
    """

    row: int = Field(ge=1)
    village_code: VillageCode
    village_name: str
    township: str = ""
    county: str
    prefecture: str = ""
    province: str = ""
    technology: Technology
    batch: str
    tier: Tier = "general"
    builder: str
    fibre_status: NetworkStatus = "unknown"
    g4_status: NetworkStatus = "unknown"
    is_poor_village: bool | None = None
    households: int | None = Field(default=None, ge=0)
    funding_cny: Decimal | None = Field(default=None, ge=0)
    planned_finish_on: date | None = None

    @property
    def place(self) -> str:
        """Full name from the province down to the village (or county), as Chinese addresses are written."""
        village = self.village_name if self.village_name != self.county else ""
        return self.province + self.prefecture + self.county + self.township + village


class Problem(Message):
    """Something in a ledger file that must be put right before the file can be used.

    Attributes:
        place: Name of the file, and of the sheet in a workbook.
        row: Row number as a spreadsheet program counts it; None when the whole file is meant.
        column: Heading as it stands in the file, or the column's own key where there is no such heading.
        value: What stands there, as text, shortened and printable; empty for an empty cell.
        reason: Which rule it breaks; its sentence also tells the way out.
        suggestion: What to write instead, where this can be told without guessing; else empty.
    """

    place: str
    row: int | None = None
    column: str = ""
    value: str = ""
    reason: Reason
    suggestion: str = ""


class LedgerFile(Message):
    """What reading a ledger file gave: every row of data is either in `rows` or has a problem.

    Attributes:
        name: File name without folders.
        sha256: SHA-256 of the file's bytes, in hexadecimal.
        encoding: `utf-8`, `utf-8-sig`, `utf-16` or `gb18030` for CSV; `xlsx` for a workbook.
        sheet: Sheet that was read; empty for CSV.
        heading_row: Row in which the headings stand.
        data_rows: Number of rows below the headings that are not empty.
        rows: The rows that passed every check. Whether a file with problems may be used in part is the caller's rule.
        problems: Everything that must be put right, by row.
        ignored_columns: Headings of columns that were not read, as in the file.
    """

    name: str
    sha256: str
    encoding: str
    sheet: str = ""
    heading_row: int = 1
    data_rows: int = 0
    rows: tuple[LedgerRow, ...] = ()
    problems: tuple[Problem, ...] = ()
    ignored_columns: tuple[str, ...] = ()

    @property
    def is_clean(self) -> bool:
        """Whether nothing has to be put right."""
        return not self.problems
