"""Whatever is done to one record behind the product's back is found, and the record is named."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import NamedTuple

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, delete, insert, null, select, update

from dlp.errors import Conflict, NotFound, UsageError
from dlp.store.audit import chain, checkpoints
from dlp.store.audit.details import erase_details
from dlp.store.audit.faults import Fault, Verified
from dlp.store.audit.leaf import Decided, leaf_of
from dlp.store.audit.verification import verify
from dlp.store.audit.verifier import Checkpoint
from dlp.store.columns import METADATA
from dlp.store.database import Database
from dlp.store.tables.record import ledger
from dlp.store.tables.trust import audit, signing_keys
from dlp.store.tables.trust import checkpoints as signed
from dlp.store.vault.keys import Keys, open_keys
from tests.installations import settings_in
from tests.store.audit.builders import NOW, OFFICER, acts, taken, verdicts

ACTS, VERDICTS = 240, 90


class Kept(NamedTuple):
    """A record with three checkpoints, what they were, and whom to trust."""

    database: Database
    keys: Keys
    trust: str
    checkpoints: list[Checkpoint]

    @property
    def anchor(self) -> list[str]:
        return [one.line for one in self.checkpoints]

    def verified(self, anchor: list[str] | None = None, since: int = 0) -> Verified:
        with self.database.reading() as connection:
            return verify(connection, self.trust, anchor or [], since=since)

    def after(self, harm: Callable[[Connection], object], anchor: list[str] | None = None) -> Verified:
        """What verification says after harm that is then taken back."""
        with self.database.engine.connect() as connection, connection.begin() as transaction:
            harm(connection)
            found = verify(connection, self.trust, anchor or [])
            transaction.rollback()
            return found


def _record(database: Database, keys: Keys, acts_each: int, verdicts_each: int) -> Kept:
    done = []
    for part in range(3):
        database.write(lambda c, start=part: verdicts(c, verdicts_each, start=start * verdicts_each))  # type: ignore[misc]
        database.write(lambda c, start=part: acts(c, acts_each, start=start * acts_each))  # type: ignore[misc]
        done.append(taken(checkpoints.take(database, keys, NOW + timedelta(minutes=part))))
    return Kept(database, keys, keys.signing_keys()[0].key_id, done)


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def kept(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kept]:
    """One record for all tests that take their harm back."""
    folder = tmp_path_factory.mktemp("kept")
    sqlite = f"sqlite:///{folder / 'record.db'}"
    database = Database(sqlite if request.param == "sqlite" else request.getfixturevalue("postgresql").database())
    METADATA.create_all(database.engine)
    keys = open_keys(settings_in(folder / "keys"), make=True)
    yield _record(database, keys, ACTS // 3, VERDICTS // 3)
    database.close()
    keys.close()


@pytest.fixture
def own(database: Database, keys: Keys) -> Kept:
    """A small record for a test that changes it for good."""
    return _record(database, keys, 4, 3)


def _fault(found: Verified) -> tuple[str, int, str]:
    assert found.fault is not None
    return found.fault.kind, found.fault.number, found.fault.code


many = settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])


def test_what_nobody_touched_holds(kept: Kept) -> None:
    found = kept.verified(kept.anchor)
    assert found.fault is None
    assert found == Verified(None, 3, ACTS + 1, VERDICTS, 3, 3)  # one more: the signing key was introduced


def test_nothing_new_makes_no_checkpoint(kept: Kept) -> None:
    assert checkpoints.take(kept.database, kept.keys, NOW) is None


_CHANGED = {
    "at": lambda row: row.at + timedelta(microseconds=1),
    "actor": lambda row: row.actor + "x",
    "actor_kind": lambda row: row.actor_kind.upper(),
    "act": lambda row: row.act[:-1],
    "object": lambda row: row.object + "0",
    "salt": lambda row: row.salt[::-1],
    "details": lambda row: row.details | {"to": "Сидоров"},
    "commitment": lambda row: row.commitment[::-1],
    "previous": lambda row: bytes([row.previous[0] ^ 1]) + row.previous[1:],
    "hash": lambda row: bytes([row.hash[0] ^ 1]) + row.hash[1:],
}


@many
@given(seq=st.integers(1, ACTS + 1), column=st.sampled_from(sorted(_CHANGED)))
def test_any_word_changed_in_any_record_names_it(kept: Kept, seq: int, column: str) -> None:
    def harm(connection: Connection) -> None:
        row = connection.execute(select(audit).where(audit.c.seq == seq)).one()
        connection.execute(update(audit).where(audit.c.seq == seq).values({column: _CHANGED[column](row)}))

    found = kept.after(harm)
    assert _fault(found)[:2] == ("audit", seq)
    assert found.last_good == sum(one.audit_seq < seq for one in kept.checkpoints)


@many
@given(seq=st.integers(1, ACTS + 1))
def test_a_record_made_anew_with_its_hash_is_named(kept: Kept, seq: int) -> None:
    found = kept.after(lambda connection: _rehashed(connection, seq))
    assert _fault(found)[0] == "audit"
    assert found.fault is not None
    assert found.fault.number == seq or (found.fault.code == "rewritten" and found.fault.upto == seq)


def _rehashed(connection: Connection, seq: int) -> None:
    connection.execute(update(audit).where(audit.c.seq == seq).values(actor="somebody"))
    row = connection.execute(select(audit).where(audit.c.seq == seq)).one()
    connection.execute(update(audit).where(audit.c.seq == seq).values(hash=chain.hash_of(row)))


@many
@given(seq=st.integers(1, ACTS + 1))
def test_a_removed_record_is_named(kept: Kept, seq: int) -> None:
    found = kept.after(lambda connection: connection.execute(delete(audit).where(audit.c.seq == seq)))
    assert _fault(found) == ("audit", seq, "missing")


@many
@given(st.lists(st.integers(1, ACTS + 1), min_size=2, max_size=2, unique=True))
def test_records_in_each_others_place_are_named(kept: Kept, seqs: list[int]) -> None:
    def harm(connection: Connection) -> None:
        one, other = (connection.execute(select(audit).where(audit.c.seq == seq)).one()._asdict() for seq in seqs)
        connection.execute(delete(audit).where(audit.c.seq.in_(seqs)))
        connection.execute(insert(audit), [one | {"seq": seqs[1]}, other | {"seq": seqs[0]}])

    assert _fault(kept.after(harm))[:2] == ("audit", min(seqs))


def test_a_chain_hashed_anew_from_a_record_on_is_found_by_the_next_checkpoint(kept: Kept) -> None:
    def harm(connection: Connection) -> None:
        previous = b""
        for seq in range(100, ACTS + 2):
            if previous:
                connection.execute(update(audit).where(audit.c.seq == seq).values(previous=previous))
            _rehashed(connection, seq)
            previous = connection.execute(select(audit.c.hash).where(audit.c.seq == seq)).scalar_one()

    found = kept.after(harm)
    first, second = (one.audit_seq for one in kept.checkpoints[:2])
    assert found.fault == Fault("audit", first + 1, "rewritten", "checkpoint 2 signs another chain", second)
    assert found.last_good == 1


@many
@given(seq=st.integers(1, VERDICTS))
def test_a_removed_verdict_is_named(kept: Kept, seq: int) -> None:
    found = kept.after(lambda connection: connection.execute(delete(ledger).where(ledger.c.seq == seq)))
    assert _fault(found) == ("ledger", seq, "missing")
    assert found.last_good == (seq - 1) // (VERDICTS // 3)


_OTHER = {
    "identity": bytes(15) + b"x",
    "connector": "slack",
    "received_at": NOW - timedelta(days=1),
    "decided_at": NOW - timedelta(days=1),
    "decision": -7,
    "would": -7,
    "severity": 9,
    "decided_by": "outage",
    "policy_version": 99,
    "findings": 999,
    "hits": 999,
    "gaps": 999,
    "leaf": bytes(32),
}


@many
@given(seq=st.integers(1, VERDICTS), column=st.sampled_from(sorted(_OTHER)))
def test_an_altered_verdict_is_named(kept: Kept, seq: int, column: str) -> None:
    values = {column: _OTHER[column]}
    found = kept.after(lambda connection: connection.execute(update(ledger).where(ledger.c.seq == seq).values(values)))
    assert _fault(found) == ("ledger", seq, "altered")


def test_an_altered_verdict_with_its_leaf_made_anew_is_found_in_its_stretch(kept: Kept) -> None:
    def harm(connection: Connection) -> None:
        here = ledger.c.seq == 40
        connection.execute(update(ledger).where(here).values(decision=0))
        decided = Decided(*connection.execute(select(*(ledger.c[name] for name in Decided._fields)).where(here)).one())
        connection.execute(update(ledger).where(here).values(leaf=leaf_of(decided)))

    assert kept.after(harm).fault == Fault("ledger", 31, "altered", "checkpoint 2 signs another ledger", 60)


def test_a_verdict_added_before_all_others_is_named(kept: Kept) -> None:
    assert _fault(kept.after(lambda connection: verdicts(connection, 1, start=500, seq=0))) == ("ledger", 0, "added")


def test_an_act_added_before_all_others_is_named(kept: Kept) -> None:
    change = update(audit).where(audit.c.seq == ACTS + 1).values(seq=-5)
    assert _fault(kept.after(lambda connection: connection.execute(change))) == ("audit", -5, "added")


def test_a_cut_off_end_is_named_by_the_anchor(kept: Kept) -> None:
    def harm(connection: Connection) -> None:
        connection.execute(delete(signed).where(signed.c.number > 2))
        connection.execute(delete(audit).where(audit.c.seq > kept.checkpoints[1].audit_seq))
        connection.execute(delete(ledger).where(ledger.c.seq > kept.checkpoints[1].ledger_seq))

    assert kept.after(harm).ok  # without an anchor nobody can know
    found = kept.after(harm, kept.anchor)
    assert _fault(found) == ("audit", kept.checkpoints[1].audit_seq + 1, "missing")
    assert found.last_good == 2


def test_an_end_cut_off_within_what_is_signed_is_named_without_an_anchor(kept: Kept) -> None:
    found = kept.after(lambda connection: connection.execute(delete(audit).where(audit.c.seq > 200)))
    assert _fault(found) == ("audit", 201, "missing")


def test_removed_checkpoints_are_named(kept: Kept) -> None:
    def without(*numbers: int) -> Callable[[Connection], object]:
        return lambda connection: connection.execute(delete(signed).where(signed.c.number.in_(numbers)))

    assert _fault(kept.after(without(2))) == ("checkpoint", 2, "missing")
    assert _fault(kept.after(without(3), kept.anchor)) == ("checkpoint", 3, "missing")


@pytest.mark.parametrize("column", ["at", "audit_seq", "audit_hash", "ledger_seq", "ledger_count", "merkle_root", "signature"])
def test_a_changed_checkpoint_is_named(kept: Kept, column: str) -> None:
    values = {"at": NOW, "audit_seq": 99, "ledger_seq": 33, "ledger_count": 34, "signature": bytes(64)}
    change = update(signed).where(signed.c.number == 2).values({column: values.get(column, bytes(32))})
    assert _fault(kept.after(lambda connection: connection.execute(change))) == ("checkpoint", 2, "forged")


def test_another_key_s_checkpoints_are_refused(kept: Kept) -> None:
    found = kept.verified()
    assert found.ok
    with kept.database.reading() as connection:
        assert _fault(verify(connection, "ab" * 32)) == ("key", 0, "no_key")


def test_a_key_swapped_in_the_record_is_refused(kept: Kept) -> None:
    change = update(signing_keys).values(public=bytes(32))
    assert _fault(kept.after(lambda connection: connection.execute(change))) == ("key", 0, "no_key")


def test_a_new_key_is_followed_from_the_old(own: Kept) -> None:
    own.keys.rotate_signing_key()
    new = taken(checkpoints.take(own.database, own.keys, NOW + timedelta(hours=1)))
    assert new.key_id == own.keys.signing_keys()[1].key_id != own.trust
    assert own.verified([*own.anchor, new.line]).ok


def test_a_new_key_the_old_did_not_sign_is_refused(own: Kept) -> None:
    own.keys.rotate_signing_key()
    checkpoints.take(own.database, own.keys, NOW + timedelta(hours=1))
    change = update(signing_keys).where(signing_keys.c.position == 2).values(signature=bytes(64))
    assert _fault(own.after(lambda connection: connection.execute(change))) == ("key", 0, "no_key")


def test_an_old_key_does_not_sign_after_its_successor(own: Kept) -> None:
    old = own.keys.signing_key()
    own.keys.rotate_signing_key()
    last = taken(checkpoints.take(own.database, own.keys, NOW + timedelta(hours=1)))
    unsigned = last._replace(number=last.number + 1, key_id=own.trust)
    signature = old.sign(unsigned.line.rpartition(" ")[0].encode())
    words = {"audit_hash": bytes.fromhex(last.audit_hash), "merkle_root": bytes.fromhex(last.merkle_root)}
    row = {**unsigned._asdict(), **words, "at": NOW + timedelta(hours=1), "signature": signature, "sent": {}}
    own.database.write(lambda c: c.execute(insert(signed).values(row)))
    assert _fault(own.verified()) == ("checkpoint", 5, "forged")


def test_the_new_key_does_not_vouch_for_what_the_old_signed(own: Kept) -> None:
    own.keys.rotate_signing_key()
    checkpoints.take(own.database, own.keys, NOW + timedelta(hours=1))
    with own.database.reading() as connection:
        found = verify(connection, own.keys.signing_keys()[1].key_id)
    assert _fault(found) == ("checkpoint", 1, "forged")


def test_an_anchor_of_another_record_names_the_checkpoint(kept: Kept) -> None:
    change = {"at": NOW + timedelta(days=9)}
    one = kept.checkpoints[1]._replace(at=chain.moment_text(change["at"]))
    line = one._replace(signature=kept.keys.signing_key().sign(one.line.rpartition(" ")[0].encode()).hex()).line
    assert _fault(kept.verified([line])) == ("checkpoint", 2, "not_in_anchor")


@pytest.mark.parametrize("line", ["", "dlp-checkpoint-1", "x" * 400])
def test_an_anchor_that_is_none_is_bad_usage(kept: Kept, line: str) -> None:
    with pytest.raises(UsageError):
        kept.verified([line or kept.checkpoints[0].line.replace(" 1 ", " 2 ", 1)])


@pytest.mark.parametrize("trust", ["", "abc", "g" * 64])
def test_a_fingerprint_that_is_none_is_bad_usage(kept: Kept, trust: str) -> None:
    with kept.database.reading() as connection, pytest.raises(UsageError):
        verify(connection, trust)


def test_a_fingerprint_may_be_written_as_people_write_it(kept: Kept) -> None:
    spaced = " ".join(kept.trust.upper()[start : start + 4] for start in range(0, 64, 4))
    with kept.database.reading() as connection:
        assert verify(connection, spaced).ok


def test_erased_details_hold_and_are_counted(own: Kept) -> None:
    own.database.write(lambda c: erase_details(c, [5, 6, 9], actor=OFFICER, reason="r", now=NOW))
    found = own.verified()
    assert (found.fault, found.erased, found.unsigned) == (None, 3, 1)


def test_details_erased_without_a_record_of_it_are_named(own: Kept) -> None:
    own.database.write(lambda c: erase_details(c, [5, 6, 9], actor=OFFICER, reason="r", now=NOW))
    gone = update(audit).where(audit.c.seq == 7).values(salt=None, details=null())
    assert _fault(own.after(lambda connection: connection.execute(gone))) == ("audit", 7, "erased_unexplained")


def test_an_erasure_does_not_explain_what_was_recorded_after_it(own: Kept) -> None:
    own.database.write(lambda c: chain.append(c, OFFICER, "audit.details_erased", "audit:1-99", {"seqs": [[1, 99]]}, NOW))
    own.database.write(lambda c: acts(c, 1))
    last = own.verified().audit_records
    gone = update(audit).where(audit.c.seq == last).values(salt=None, details=null())
    assert _fault(own.after(lambda connection: connection.execute(gone))) == ("audit", last, "erased_unexplained")


@pytest.mark.parametrize("values", [{"salt": None}, {"details": null()}])
def test_half_of_an_erasure_is_named(kept: Kept, values: dict[str, object]) -> None:
    change = update(audit).where(audit.c.seq == 9).values(values)
    assert _fault(kept.after(lambda connection: connection.execute(change))) == ("audit", 9, "details_altered")


def test_a_verdict_altered_before_any_checkpoint_covers_it_is_named(own: Kept) -> None:
    seq = own.database.write(lambda c: verdicts(c, 2, start=100))[0]
    change = update(ledger).where(ledger.c.seq == seq).values(decision=-1)
    assert _fault(own.after(lambda connection: connection.execute(change))) == ("ledger", seq, "altered")


def test_verification_may_begin_at_a_checkpoint(kept: Kept) -> None:
    assert kept.verified(kept.anchor, since=2).audit_records == kept.checkpoints[2].audit_seq - kept.checkpoints[1].audit_seq
    assert kept.verified(since=3).ok
    with pytest.raises(UsageError):
        kept.verified(since=4)


def test_harm_before_the_checkpoint_begun_at_is_not_looked_for(own: Kept) -> None:
    own.database.write(lambda c: c.execute(delete(audit).where(audit.c.seq == 3)))
    assert own.verified(since=1).ok
    assert _fault(own.verified()) == ("audit", 3, "missing")


def test_a_stretch_without_verdicts_or_acts_holds(database: Database, keys: Keys) -> None:
    one = taken(checkpoints.take(database, keys, NOW))
    database.write(lambda c: acts(c, 1))
    two = taken(checkpoints.take(database, keys, NOW))
    assert (one.number, two.number, two.ledger_count) == (1, 2, 0)
    with database.reading() as connection:
        assert verify(connection, one.key_id).ok


def test_holes_in_the_numbers_hold(database: Database, keys: Keys) -> None:
    database.write(lambda c: [*verdicts(c, 4), *verdicts(c, 1, start=50, seq=60)])
    one = taken(checkpoints.take(database, keys, NOW))
    assert (one.ledger_seq, one.ledger_count) == (60, 5)
    with database.reading() as connection:
        assert verify(connection, one.key_id).ok
    database.write(lambda c: verdicts(c, 1, start=70, seq=30))
    with database.reading() as connection:
        assert _fault(verify(connection, one.key_id)) == ("ledger", 1, "added")
    database.write(lambda c: c.execute(delete(ledger).where(ledger.c.seq.in_((3, 30)))))
    with database.reading() as connection:
        fault = verify(connection, one.key_id).fault
    assert fault is not None
    assert (fault.number, fault.code, fault.upto) == (3, "missing", 59)
    assert fault.place == "one of ledger records 3 to 59"


def test_two_signers_do_not_sign_one_number(database: Database, keys: Keys) -> None:
    database.write(lambda c: acts(c, 3))
    with database.reading() as connection:
        covered = checkpoints.cover(connection, 0)
    taken(checkpoints.take(database, keys, NOW))
    with pytest.raises(Conflict):
        database.write(lambda c: checkpoints._sign(c, keys, covered, NOW))


def test_a_cades_signature_has_its_place(own: Kept) -> None:
    own.database.write(lambda c: checkpoints.attach_cades(c, 2, b"cades"))
    with own.database.reading() as connection:
        assert [row.cades for row in checkpoints.listed(connection)] == [None, b"cades", None]
    with pytest.raises(NotFound):
        own.database.write(lambda c: checkpoints.attach_cades(c, 9, b"cades"))
    assert own.verified().ok
