"""The one text of a ledger entry: whoever checks the chain in fifty years writes it by the standard library."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from backend.cases.chain import canonical

NAMES = st.text(max_size=4) | st.sampled_from(["状态", "a", "Z", "\U0001f6a7", "\uffff", '"', "\x1f", "\x7f"])
# Degrees of the city and distances: numbers that nobody writes with an exponent.
NUMBERS = st.integers(-(2**53), 2**53) | st.floats(0.001, 10_000.0) | st.floats(-180, -0.001)
FACTS = st.recursive(
    st.none() | st.booleans() | NUMBERS | NAMES | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3),
    max_leaves=8,
)


@given(entry=st.dictionaries(NAMES, FACTS, max_size=5))
def test_an_entry_is_written_with_sorted_names_without_spaces_and_chinese_as_it_is(entry):
    assert canonical(entry) == json.dumps(entry, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


@given(entry=st.dictionaries(NAMES, FACTS, max_size=5))
def test_the_order_in_which_facts_were_gathered_leaves_no_trace(entry):
    assert canonical(dict(reversed(entry.items()))) == canonical(entry)
