"""Tests of reading the files of the city from disk."""

from __future__ import annotations

import pytest

from backend.organization.errors import SourceRefused
from backend.organization.use_cases.city_files import city_source, read_file


def test_a_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(SourceRefused, match="无法读取"):
        city_source(boundaries=tmp_path / "none.geojson")


def test_a_file_in_another_encoding_is_refused_with_its_line(tmp_path):
    file = tmp_path / "units.csv"
    file.write_bytes(b"code,name\nA,b\n" + "住建局".encode("gb18030"))

    with pytest.raises(SourceRefused, match=r"units\.csv:3: "):
        read_file(file)


def test_a_byte_order_mark_is_no_part_of_the_first_column(tmp_path):
    file = tmp_path / "units.csv"
    file.write_bytes(b"\xef\xbb\xbfcode,name\n")

    assert read_file(file).text == "code,name\n"
