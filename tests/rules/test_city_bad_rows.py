"""Tests of what the files of the city may not hold: refused with file and line."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace

import pytest

from backend.organization.errors import SourceRefused
from backend.organization.rules.places import DataOrigin
from backend.organization.rules.sources.city import CitySource, rows_of
from backend.organization.rules.sources.lines import SourceFile
from tests.real_city import ROWS, SOURCE

COUNTY_ID = next(division.id for division in ROWS.divisions if division.code == "320682")


def with_text(name: str, text: str) -> CitySource:
    return replace(SOURCE, **{name: SourceFile(name=getattr(SOURCE, name).name, text=text)})


def with_cell(name: str, row: str, column: str, cell: str) -> tuple[CitySource, int]:
    """Return the source with one cell changed, in the row that begins so, and the line of that row."""
    records = list(csv.reader(getattr(SOURCE, name).text.splitlines()))
    at = next(index for index, record in enumerate(records) if ",".join(record).startswith(row))
    records[at][records[0].index(column)] = cell
    written = io.StringIO()
    csv.writer(written, lineterminator="\n").writerows(records)
    return with_text(name, written.getvalue()), at + 1


def refusal(source: CitySource) -> SourceRefused:
    with pytest.raises(SourceRefused) as caught:
        rows_of(source)
    return caught.value


MANHOLE = "12345,H030404,"


@pytest.mark.parametrize(
    ("name", "row", "column", "cell", "complaint"),
    [
        ("divisions", "320682,", "level", "shire", "level"),
        ("divisions", "320682,", "parent_code", "320699", "不存在"),
        ("divisions", "320682,", "parent_code", "320681", "上级应为"),
        ("divisions", "320682,", "parent_code", "", "parent_code"),
        ("divisions", "320682,", "code", "320681", "重复"),
        ("divisions", "320682,", "code", "3206/2", "code"),
        ("divisions", "320682,", "code", "", "code"),
        ("divisions", "320682,", "name", " ", "name"),
        ("divisions", "320682,", "name", "如\x00皋", "控制字符"),
        ("divisions", "320682,", "name", "如\n皋", "控制字符"),
        ("divisions", "320682,", "kind", "kingdom", "kind"),
        ("divisions", "320682,", "level", "city", "一个市"),
        ("divisions", "320682,", "cand96", "1", "cand96"),
        ("divisions", "320682103,", "cand96", "yes", "cand96"),
        ("units", "CGJ,", "levels", "省|县", "levels"),
        ("units", "CGJ,", "levels", "县|县", "levels"),
        ("units", "CGJ,", "levels", "", "levels"),
        ("units", "CGJ,", "aliases", "城管局;住建局", "已属于 ZJJ"),
        ("units", "CGJ,", "code", "ZJJ", "重复"),
        ("categories", MANHOLE, "usual_dept", "城管局/某某局", "某某局"),
        ("categories", MANHOLE, "usual_dept", "/", "usual_dept"),
        ("categories", MANHOLE, "level_default", "市", "level_default"),
        ("categories", MANHOLE, "limit_unit", "周", "limit_unit"),
        ("categories", MANHOLE, "limit_value", "0", "limit_value"),
        ("categories", MANHOLE, "limit_value", "10001", "limit_value"),
        ("categories", MANHOLE, "code", "H030403", "重复"),
        ("categories", MANHOLE, "tree", "12346", "category_trees"),
        ("category_marks", MANHOLE, "code", "H999999", "不是现有类别"),
        ("category_marks", MANHOLE, "name", "有主井盖缺损", "名称"),
        ("category_marks", MANHOLE, "urgency", "soon", "urgency"),
        ("category_marks", MANHOLE, "is_physical", "2", "is_physical"),
        ("category_marks", MANHOLE, "is_safety", "", "is_safety"),
        ("category_marks", MANHOLE, "reason", "", "reason"),
        ("category_marks", MANHOLE, "code", "H030403", "重复"),
        ("category_trees", "12345,", "valid_from", "2021-13-01", "valid_from"),
        ("category_trees", "12345,", "tree", "网格事件", "重复"),
        ("request_types", "TS,", "default_limit", "五", "default_limit"),
        ("request_types", "TS,", "default_limit", "٥", "default_limit"),
        ("request_types", "TS,", "default_limit", "1_0", "default_limit"),
        ("request_types", "TS,", "unit", "年", "unit"),
        ("request_types", "TS,", "weight_2021w49", "-1", "weight_2021w49"),
        ("request_types", "TS,", "code", "QZ", "重复"),
        ("workdays", "2026-10-02,", "date", "2026-10-32", "date"),
        ("workdays", "2026-10-02,", "date", "2026-10-01", "重复"),
        ("workdays", "2026-10-02,", "is_workday", "no", "is_workday"),
        ("workdays", "2026-10-02,", "status", "rumour", "status"),
    ],
)
def test_a_bad_cell_is_refused_with_file_and_line(name, row, column, cell, complaint):
    source, line = with_cell(name, row, column, cell)

    refused = refusal(source)

    assert refused.detail.startswith(f"{getattr(SOURCE, name).name}:{line}: ")
    assert refused.errors == {"file": getattr(SOURCE, name).name, "line": line}
    assert complaint in refused.detail


@pytest.mark.parametrize(
    ("before", "after", "complaint"),
    [("320682,如皋市,", "320682,如皋市,,", "列"), ("320682,如皋市,", '320682,"如"皋市,', "CSV")],
)
def test_a_row_that_is_not_csv_of_the_right_width_is_refused_with_its_line(before, after, complaint):
    text = SOURCE.divisions.text.replace(before, after, 1)

    refused = refusal(with_text("divisions", text))

    assert complaint in refused.detail
    assert text.split("\n")[refused.errors["line"] - 1].startswith(after)


def test_lines_are_counted_as_an_editor_counts_them_also_after_empty_ones():
    header, *rows = SOURCE.units.text.splitlines()

    assert refusal(with_text("units", "\n".join([header, "", "", "X,名,省,"]))).errors["line"] == 4
    assert len(rows) == len(ROWS.units)


@pytest.mark.parametrize("name", ["divisions", "units", "categories", "category_marks", "request_types", "workdays"])
@pytest.mark.parametrize("text", ["", "a,b\n1,2\n"], ids=["empty", "other columns"])
def test_a_file_without_its_columns_is_refused_at_its_first_line(name, text):
    refused = refusal(with_text(name, text))

    assert refused.errors == {"file": getattr(SOURCE, name).name, "line": 1}
    assert "缺少列" in refused.detail


def test_divisions_without_a_city_are_refused():
    header = SOURCE.divisions.text.splitlines()[0]

    assert "没有市" in refusal(with_text("divisions", header + "\n")).detail


def test_rows_may_stand_in_any_order():
    header, *rows = SOURCE.divisions.text.splitlines()

    turned = rows_of(with_text("divisions", "\n".join([header, *reversed(rows)]) + "\n"))

    assert {one.id: one for one in turned.divisions} == {one.id: one for one in ROWS.divisions}
    assert {one.id: one for one in turned.centres} == {one.id: one for one in ROWS.centres}


def boundaries(**members: object) -> CitySource:
    square = {"type": "Polygon", "coordinates": [[[120.0, 32.0], [121.0, 32.0], [121.0, 33.0], [120.0, 32.0]]]}
    document = {"type": "FeatureCollection", "features": [{"properties": {"code": "320682"}, "geometry": square}]}
    return with_text("boundaries", json.dumps(document | members, indent=1))


def test_an_operators_boundaries_say_how_exact_they_are_and_whose_they_are():
    source = replace(
        boundaries(metadata={"tolerance_m": 30, "source": "测绘院 2026"}), boundaries_origin=DataOrigin.OPERATOR
    )

    (row,) = rows_of(source).boundaries

    assert (row.tolerance_m, row.source, row.origin) == (30, "测绘院 2026", DataOrigin.OPERATOR)
    assert row.division_id == COUNTY_ID


def feature(code: object, geometry: object) -> list[object]:
    return [{"properties": {"code": code}, "geometry": geometry}]


BOW_TIE = {"type": "Polygon", "coordinates": [[[0, 0], [2, 2], [2, 0], [0, 2], [0, 0]]]}


@pytest.mark.parametrize(
    ("members", "complaint"),
    [
        ({"features": []}, "没有任何多边形"),
        ({"features": None}, "FeatureCollection"),
        ({"features": [None]}, "properties.code"),
        ({"features": [{"properties": {"code": 320682}}]}, "properties.code"),
        ({"features": feature("320682", None)}, "没有几何"),
        ({"features": feature("320682", BOW_TIE)}, "无效"),
        ({"features": feature("320682", {"type": "Point", "coordinates": [120, 32]})}, "不是多边形"),
        ({"metadata": {"tolerance_m": 20_001}}, "tolerance_m"),
        ({"metadata": {"tolerance_m": True}}, "tolerance_m"),
    ],
    ids=str,
)
def test_boundaries_that_cannot_be_used_are_refused(members, complaint):
    assert complaint in refusal(boundaries(**members)).detail


@pytest.mark.parametrize(("code", "complaint"), [("320682103", "不是县级"), ("110000", "不是县级")])
def test_a_polygon_of_something_that_is_no_county_is_refused_at_the_line_that_names_it(code, complaint):
    source = boundaries()
    text = source.boundaries.text.replace("320682", code)

    refused = refusal(with_text("boundaries", text))

    assert complaint in refused.detail
    assert code in text.splitlines()[refused.errors["line"] - 1]


def test_two_polygons_of_one_county_are_refused():
    document = json.loads(boundaries().boundaries.text)
    document["features"] *= 2

    assert "重复" in refusal(with_text("boundaries", json.dumps(document))).detail


@pytest.mark.parametrize("text", ["", "{", '{"features": [NaN]}', "[" * 100_000], ids=["empty", "cut", "NaN", "deep"])
def test_boundaries_that_are_no_json_are_refused(text):
    assert "JSON" in refusal(with_text("boundaries", text)).detail


def test_a_json_error_names_its_line():
    assert refusal(with_text("boundaries", '{\n"features": [\n}')).errors["line"] == 3
