"""What has been delivered before, per feed: same bytes, later words, what was taken back, how many rows to expect."""

from collections import Counter
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from tsunagu.catalog.feeds import Delivery, Feed
from tsunagu.intake.naming import Occasion
from tsunagu.intake.refusals import FileRefusedError
from tsunagu.intake.tables import DELIVERY
from tsunagu.store.commit import Reader
from tsunagu.store.engine import read_sql
from tsunagu.store.landing import FILE

WHOLE = "*"


@dataclass(frozen=True, slots=True)
class Scope:
    """One part of the city and one time that a delivery speaks for, with its rows."""

    place: str
    time: str
    rows: int
    month: date | None = None
    school_year: int | None = None


class Repeat(StrEnum):
    """Why a file of known bytes is no work: it has been taken in, or its department has taken it back."""

    TAKEN_IN = "taken_in"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Delivered:
    """One delivery of one feed. `number` counts all deliveries in the order they were taken in."""

    file_id: str
    content_id: str
    number: int
    feed: str
    delivery: Delivery
    reference_date: date
    known_from: date
    scopes: tuple[Scope, ...]
    withdrawn_on: date | None = None

    @property
    def occasion(self) -> tuple[str, date, date]:
        """What two deliveries of the same file agree in."""
        return self.content_id, self.reference_date, self.known_from

    def overlaps(self, scopes: Sequence[Scope]) -> bool:
        """Whether both speak for the same part of the city and the same time."""
        mine = {(scope.place, scope.time) for scope in self.scopes}
        return any((scope.place, scope.time) in mine for scope in scopes)


class DeliveryLog:
    """Every delivery so far; read once per session, then kept up to date by the session itself.

    Deliveries taken back say nothing any more: they stand in nobody's way and are nobody's measure.
    """

    def __init__(self, deliveries: Sequence[Delivered] = ()) -> None:
        """Begin with these deliveries."""
        self._all: dict[str, list[Delivered]] = {}
        self._by_feed: dict[str, list[Delivered]] = {}
        self._contents: set[str] = set()
        self._count = 0
        self._rows_by_place: dict[tuple[str, Delivery, str], list[tuple[date, date, int]]] = {}
        for delivered in deliveries:
            self.add(delivered)

    def add(self, delivered: Delivered) -> None:
        """Note a delivery that has been committed."""
        self._all.setdefault(delivered.feed, []).append(delivered)
        self._contents.add(delivered.content_id)
        self._count = max(self._count, delivered.number)
        if delivered.withdrawn_on is not None:
            return
        self._by_feed.setdefault(delivered.feed, []).append(delivered)
        for place, rows in _count_by_place(delivered.scopes).items():
            known = self._rows_by_place.setdefault((delivered.feed, delivered.delivery, place), [])
            known.append((delivered.known_from, delivered.reference_date, rows))

    @property
    def next_number(self) -> int:
        """The number of the next delivery."""
        return self._count + 1

    def find_repeat(
        self, feed: str, content_id: str, occasion: Occasion, list_companions: Callable[[], Collection[str]]
    ) -> Repeat | None:
        """Why exactly these bytes are no work; None when they are news.

        The same bytes for another reference date, or received on another day, are news: the department says
        so now. For the same two days they are news only when another file has had the last word since: then
        they restore. `list_companions` names the contents handed over together with this one: a folder taken
        in again must not undo its own corrections.
        """
        alike = [
            d for d in self._all.get(feed, []) if d.occasion[:2] == (content_id, occasion.reference_date)
        ]
        same = [d for d in alike if d.known_from == occasion.known_from]
        if any(d.withdrawn_on is not None and occasion.known_from < d.withdrawn_on for d in alike):
            return Repeat.WITHDRAWN
        if not same:
            return None
        overtakers = {d.content_id for d in self._list_overtakers(same[-1])}
        is_overtaken = bool(overtakers) and not overtakers & set(list_companions())
        return None if is_overtaken else Repeat.TAKEN_IN

    def _list_overtakers(self, mine: Delivered) -> list[Delivered]:
        """Other files for the same two days and the same part of the city that were taken in since."""
        return [
            d
            for d in self._by_feed.get(mine.feed, [])
            if d.occasion[1:] == mine.occasion[1:]
            and d.number > mine.number
            and d.content_id != mine.content_id
            and d.overlaps(mine.scopes)
        ]

    def count_same(self, feed: str, content_id: str, occasion: Occasion) -> int:
        """How often exactly this delivery has been taken in."""
        wanted = (content_id, occasion.reference_date, occasion.known_from)
        return sum(d.occasion == wanted for d in self._all.get(feed, []))

    def has_bytes(self, content_id: str) -> bool:
        """Whether exactly these bytes have come before, for whatever feed and day."""
        return content_id in self._contents

    def list_deliveries(self, feed: str | None = None) -> list[Delivered]:
        """All deliveries, of one feed or of every feed, in the order they were taken in."""
        feeds = [feed] if feed else list(self._all)
        return sorted((d for name in feeds for d in self._all.get(name, [])), key=lambda d: d.number)

    def list_same_day_files(self, feed: str, occasion: Occasion) -> list[str]:
        """Files that spoke for the same reference date: the present one corrects them."""
        return [d.file_id for d in self._by_feed.get(feed, []) if d.reference_date == occasion.reference_date]

    def list_later_files(self, feed: str, occasion: Occasion) -> list[str]:
        """Files whose word counts more than the present one's: for a later day, or received later."""
        mine = (occasion.reference_date, occasion.known_from)
        return [d.file_id for d in self._by_feed.get(feed, []) if (d.reference_date, d.known_from) > mine]

    def check_not_older(self, feed: Feed, occasion: Occasion, scopes: Sequence[Scope]) -> None:
        """Refuse a delivery that a newer one of the same scope has overtaken.

        Two deltas may come in any order: each speaks only of the records it names.

        Raises:
            FileRefusedError: a later delivery stands in the way.
        """
        for earlier in self._by_feed.get(feed.id, []):
            kinds = (earlier.delivery, occasion.delivery)
            if Delivery.SNAPSHOT not in kinds or not earlier.overlaps(scopes):
                continue
            is_late = earlier.known_from > occasion.known_from
            is_stale = earlier.reference_date > occasion.reference_date
            if is_late or is_stale:
                raise _refuse_older(feed, earlier, occasion)

    def check_volume(self, feed: Feed, occasion: Occasion, scopes: Sequence[Scope]) -> str | None:
        """What is unusual about the number of rows, in words; None when nothing is.

        The file's places are compared with the same places in their last delivery of the same kind.
        """
        band = feed.volume
        expected = actual = 0
        for place, rows in _count_by_place(scopes).items():
            last = self._find_last_rows(feed.id, occasion.delivery, place)
            if last is not None:
                expected += last
                actual += rows
        if max(expected, actual) < band.from_rows or expected == 0:
            return None
        if band.least_ratio * expected <= actual <= band.most_ratio * expected:
            return None
        return f"行数が前回 {expected:,} 行に対して今回 {actual:,} 行です"

    def _find_last_rows(self, feed: str, delivery: Delivery, place: str) -> int | None:
        rows = self._rows_by_place.get((feed, delivery, place))
        return max(rows)[2] if rows else None


def _count_by_place(scopes: Sequence[Scope]) -> Counter[str]:
    rows: Counter[str] = Counter()
    for scope in scopes:
        rows[scope.place] += scope.rows
    return rows


def load_deliveries(reader: Reader) -> DeliveryLog:
    """Every committed delivery."""
    reader.attach(DELIVERY)
    reader.attach(FILE)
    rows = reader.engine.list_rows(read_sql("tsunagu.intake", "deliveries"))
    return DeliveryLog(
        [
            Delivered(
                file_id=file_id,
                content_id=content_id,
                number=number,
                feed=feed,
                delivery=Delivery(delivery),
                reference_date=reference_date,
                known_from=known_from,
                scopes=tuple(Scope(place, time, int(count)) for place, time, count in scopes),
                withdrawn_on=withdrawn_on,
            )
            for file_id, content_id, number, feed, delivery, reference_date, known_from, withdrawn_on, scopes in rows
        ]
    )


def _refuse_older(feed: Feed, earlier: Delivered, occasion: Occasion) -> FileRefusedError:
    return FileRefusedError(
        "older_than_known",
        f"{feed.title.ja}は、これより新しいもの（基準日 {earlier.reference_date}、受領 {earlier.known_from}）が"
        f"既に取り込まれています（このファイルは基準日 {occasion.reference_date}、受領 {occasion.known_from}）。",
        why="後から古い一覧を入れると、新しい内容が古い内容で上書きされ、過去の判定も再現できなくなります。",
        todo="古い分は取り込まずに保管してください。新しい方が誤りなら、正しい最新の一覧をもらうか、"
        "新しい方を tsunagu withdraw で取り下げてから、古い順に受け取り直してください。",
    )
