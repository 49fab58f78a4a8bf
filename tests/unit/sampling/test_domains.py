"""Keys and their domains: equal values stay equal within one domain and key, and nowhere else."""

from __future__ import annotations

import os
from pathlib import Path

import pyarrow as pa
import pytest

from headwater.config import MaskDomain, parse_config
from headwater.errors import KeyUnavailable, UsageError
from headwater.sampling.domains import MaskKeys
from headwater.sampling.key import FIRST, INDEX, Keyring
from headwater.sampling.masker import Masker

PERSON = MaskDomain("person", ("prod", "crm"), ("email", "name"), ("prod.public.*.member_no",))


def masked(ring: Keyring, source: str, column: str, mask: str, value: str = "ada@lovelace.example") -> str:
    keys = MaskKeys(ring, (PERSON,), source, "public.t")
    made: str = Masker(keys, {column: mask}).apply(pa.record_batch({column: [value]}))[column][0].as_py()
    return made


def test_the_first_key_is_made_once_and_only_for_its_owner(tmp_path: Path) -> None:
    first = Keyring(tmp_path / "keys").current()
    assert first.name == "default/1"
    assert Keyring(tmp_path / "keys").current() == first
    path = tmp_path / "keys" / FIRST
    assert os.stat(path).st_mode & 0o777 == 0o600
    assert path.read_bytes() == first.secret == first.of("email")
    assert str(first.secret) not in repr(first)
    path.write_bytes(b"short")
    with pytest.raises(KeyUnavailable):
        Keyring(tmp_path / "keys").current()


def test_the_key_of_an_older_home_masks_as_before(tmp_path: Path) -> None:
    (tmp_path / FIRST).write_bytes(bytes(range(32)))
    before = Masker(bytes(range(32)), {"c": "email"}).apply(pa.record_batch({"c": ["ada@lovelace.example"]}))
    assert masked(Keyring(tmp_path), "other", "c", "email") == before["c"][0].as_py()


def test_a_domain_is_shared_by_its_sources_and_no_other(tmp_path: Path) -> None:
    ring = Keyring(tmp_path)
    assert masked(ring, "prod", "email", "email") == masked(ring, "crm", "login", "email")
    assert masked(ring, "prod", "email", "email") != masked(ring, "other", "email", "email")
    assert MaskKeys(ring, (PERSON,), "prod", "public.t").of("member_no", "pseudonym").name == "person/1"
    assert MaskKeys(ring, (PERSON,), "crm", "public.t").of("member_no", "pseudonym").name == "default/1"


def test_types_of_a_domain_have_keys_of_their_own(tmp_path: Path) -> None:
    key = MaskKeys(Keyring(tmp_path), (PERSON,), "prod", "public.t").of("email", "email")
    assert len({key.secret, key.of("email"), key.of("name")}) == 3


def test_an_address_in_a_document_is_the_one_of_the_column(tmp_path: Path) -> None:
    ring = Keyring(tmp_path)
    made = masked(ring, "prod", "doc", "json", '{"to": "ada@lovelace.example"}')
    assert masked(ring, "crm", "email", "email") in made


def test_a_rotated_key_gives_other_values_and_has_another_name(tmp_path: Path) -> None:
    ring = Keyring(tmp_path)
    before, kept = masked(ring, "prod", "email", "email"), masked(ring, "other", "email", "email")
    assert ring.rotate("person").name == "person/2"
    assert masked(ring, "prod", "email", "email") != before
    assert masked(ring, "other", "email", "email") == kept
    assert MaskKeys(ring, (PERSON,), "prod", "public.t").names({"e": "email", "k": "keep", "t": "text"}) == {
        "e": "person/2",
        "t": "default/1",
    }
    first, second = ring.entries("person")
    assert (first.id, second.id, second.retired) == (1, 2, None)
    assert first.retired == second.created


def test_a_domain_that_was_never_used_is_rotated_to_its_second_key(tmp_path: Path) -> None:
    assert Keyring(tmp_path).rotate("default").id == 2
    assert Keyring(tmp_path).current().id == 2


@pytest.mark.parametrize("lost", [INDEX, "masking.person.2.key"])
def test_a_lost_file_is_missed_and_not_made_anew(tmp_path: Path, lost: str) -> None:
    Keyring(tmp_path).rotate("person")
    (tmp_path / lost).unlink()
    with pytest.raises(KeyUnavailable):
        Keyring(tmp_path).current("person")


def test_a_list_that_is_none_is_refused(tmp_path: Path) -> None:
    Keyring(tmp_path).current()
    (tmp_path / INDEX).write_text("[1]")
    with pytest.raises(KeyUnavailable):
        Keyring(tmp_path).current()


SOURCES = '[sources.prod]\nkind = "postgresql"\ndsn_env = "D"\n'


def test_domains_are_configured() -> None:
    config = parse_config(f'{SOURCES}[masking.domains.person]\nsources = ["prod"]\nmasks = ["email"]')
    assert config.mask_domains == (MaskDomain("person", ("prod",), ("email",)),)


@pytest.mark.parametrize(
    "text",
    [
        "[masking.domains.person]\nmasks = ['email']",
        "[masking.domains.person]\nsources = ['prod']",
        "[masking.domains.person]\nsources = ['crm']\nmasks = ['email']",
        "[masking.domains.default]\nsources = ['prod']\nmasks = ['email']",
        "[masking.domains.'a/b']\nsources = ['prod']\nmasks = ['email']",
        "[masking.domains.person]\nsources = ['prod']\nmasks = ['email']\nkey = 'x'",
        "[masking.domains.person]\nsources = ['prod']\nmasks = ['emale']",
        "[masking]\nkeys = 1",
    ],
)
def test_a_wrong_domain_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="masking"):
        parse_config(SOURCES + text)
