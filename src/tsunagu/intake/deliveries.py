"""What has been delivered before, per feed: same bytes, later words, and how many rows to expect."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from tsunagu.catalog.feeds import Delivery, Feed
from tsunagu.intake.naming import Occasion
from tsunagu.intake.refusals import FileRefusedError
from tsunagu.intake.tables import DELIVERY
from tsunagu.store.commit import Reader

WHOLE = "*"


@dataclass(frozen=True, slots=True)
class Scope:
    """One part of the city and one time that a delivery speaks for, with its rows."""

    place: str
    time: str
    rows: int
    month: date | None = None
    school_year: int | None = None


@dataclass(frozen=True, slots=True)
class Delivered:
    """One delivery of one feed."""

    file_id: str
    feed: str
    delivery: Delivery
    reference_date: date
    known_from: date
    scopes: tuple[Scope, ...]

    def overlaps(self, scopes: Sequence[Scope]) -> bool:
        """Whether both speak for the same part of the city and the same time."""
        mine = {(scope.place, scope.time) for scope in self.scopes}
        return any((scope.place, scope.time) in mine for scope in scopes)


class DeliveryLog:
    """Every delivery so far; read once per session, then kept up to date by the session itself."""

    def __init__(self, deliveries: Sequence[Delivered] = ()) -> None:
        """Begin with these deliveries."""
        self._by_feed: dict[str, list[Delivered]] = {}
        self._feeds_by_file: dict[str, set[str]] = {}
        self._rows_by_place: dict[tuple[str, Delivery, str], list[tuple[date, date, int]]] = {}
        for delivered in deliveries:
            self.add(delivered)

    def add(self, delivered: Delivered) -> None:
        """Note a delivery that has been committed."""
        self._by_feed.setdefault(delivered.feed, []).append(delivered)
        self._feeds_by_file.setdefault(delivered.file_id, set()).add(delivered.feed)
        for place, rows in _count_by_place(delivered.scopes).items():
            known = self._rows_by_place.setdefault((delivered.feed, delivered.delivery, place), [])
            known.append((delivered.known_from, delivered.reference_date, rows))

    def find_same(self, feed: str, file_id: str, reference_date: date) -> Delivered | None:
        """The delivery of exactly these bytes for that day.

        The same bytes for a later day are news: nothing has changed since.
        """
        known = self._by_feed.get(feed, [])
        return next((d for d in known if d.file_id == file_id and d.reference_date == reference_date), None)

    def has_bytes(self, file_id: str, feed: str | None = None) -> bool:
        """Whether exactly these bytes have come before, for whatever day: by this feed, or by any."""
        feeds = self._feeds_by_file.get(file_id, set())
        return bool(feeds) if feed is None else feed in feeds

    def list_same_day_files(self, feed: str, occasion: Occasion) -> list[str]:
        """Files that spoke for the same reference date: the present one corrects them."""
        return [d.file_id for d in self._by_feed.get(feed, []) if d.reference_date == occasion.reference_date]

    def list_later_files(self, feed: str, occasion: Occasion) -> list[str]:
        """Files that became known after the present one."""
        return [d.file_id for d in self._by_feed.get(feed, []) if d.known_from > occasion.known_from]

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
            is_stale = kinds == (Delivery.SNAPSHOT,) * 2 and earlier.reference_date > occasion.reference_date
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
    rows = reader.engine.list_rows(
        "SELECT feed, file_id, delivery, reference_date, known_from, "  # noqa: S608 - a declared table
        f"list([place, time, CAST(rows AS VARCHAR)]) FROM {DELIVERY.full_name} GROUP BY ALL ORDER BY known_from, file_id"
    )
    return DeliveryLog(
        [
            Delivered(
                file_id=file_id,
                feed=feed,
                delivery=Delivery(delivery),
                reference_date=reference_date,
                known_from=known_from,
                scopes=tuple(Scope(place, time, int(count)) for place, time, count in scopes),
            )
            for feed, file_id, delivery, reference_date, known_from, scopes in rows
        ]
    )


def _refuse_older(feed: Feed, earlier: Delivered, occasion: Occasion) -> FileRefusedError:
    return FileRefusedError(
        "older_than_known",
        f"{feed.title.ja}は、これより新しいもの（基準日 {earlier.reference_date}、受領 {earlier.known_from}）が"
        f"既に取り込まれています（このファイルは基準日 {occasion.reference_date}、受領 {occasion.known_from}）。",
        why="後から古い一覧を入れると、新しい内容が古い内容で上書きされ、過去の判定も再現できなくなります。",
        todo="古い分は取り込まずに保管してください。新しい方が誤りなら、正しい最新の一覧をもらってください。",
    )
