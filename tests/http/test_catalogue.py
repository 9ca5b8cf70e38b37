"""Tests of the catalogue over HTTP, against the rows of the feed that the database was loaded with."""

from __future__ import annotations

import json

import pytest

from mobile_api.catalogue import schemas
from tests.small_catalogue import SOME_SERVICE, small_feed

API = "/api/v1/catalogue"
CITY, RUGAO, RUGAO_TOWN = "320600", "320682", "320682103"
FEED = small_feed()
PATHS = [
    "/apps",
    "/apps/A04",
    f"/apps/A04?area={RUGAO}",
    "/services",
    f"/services?app=A04&topic=U15&audience=person&area={RUGAO_TOWN}&depth=1&limit=5",
    "/services?q=社保卡密码",
    f"/services/{SOME_SERVICE}",
    "/topics",
    "/suggestions?q=社保",
]
SCHEMAS = {
    "/apps": schemas.AppsSchema(),
    "/apps/": schemas.AppTreeSchema(),
    "/services": schemas.ServicePageSchema(),
    "/services/": schemas.ServiceSchema(),
    "/topics": schemas.TopicsSchema(),
    "/suggestions": schemas.SuggestionsSchema(),
}


def shown(area: str | None = None):
    """Return for each title the row that somebody of an area is shown: theirs, else the city's."""
    rows = {}
    for row in FEED.services:
        if row.division_code in (CITY, area) and (row.title not in rows or row.division_code == area):
            rows[row.title] = row
    return rows


def walk(client, **query):
    """Read a list page by page."""
    items, cursor = [], {}
    while True:
        body = client.get(f"{API}/services", query_string={"limit": 7, **query, **cursor}).json
        items += body["items"]
        if body["next_cursor"] is None:
            return items
        cursor = {"cursor": body["next_cursor"]}


@pytest.mark.parametrize("path", PATHS)
def test_an_answer_keeps_the_shape_that_the_document_promises(client, path):
    name, _, rest = path.split("?")[0].removeprefix("/").partition("/")
    schema = SCHEMAS[f"/{name}/" if rest else f"/{name}"]

    body = client.get(API + path).json

    assert schema.validate(body) == {}
    # Dumped again, nothing is missing and nothing was more than the schema names.
    again = json.loads(json.dumps(schema.dump(schema.load(body))).replace("+00:00", "Z"))
    assert again == body


@pytest.mark.parametrize("path", PATHS)
def test_whoever_has_the_answer_is_told_so_with_304_and_no_body(client, path):
    first = client.get(API + path)
    tag = first.headers["ETag"]

    again = client.get(API + path, headers={"If-None-Match": tag})
    in_a_list = client.get(API + path, headers={"If-None-Match": f'"other", {tag}'})
    other = client.get(API + path, headers={"If-None-Match": '"other"'})

    assert (again.status_code, again.data, again.headers["ETag"]) == (304, b"", tag)
    assert (in_a_list.status_code, in_a_list.data) == (304, b"")
    assert (other.status_code, other.data) == (200, first.data)
    for answer in (first, again, in_a_list):
        assert answer.headers["Cache-Control"] == "public, max-age=60, stale-if-error=86400"


def test_two_answers_have_two_tags(client):
    assert len({client.get(API + path).headers["ETag"] for path in PATHS}) == len(PATHS)


@pytest.mark.parametrize("path", PATHS)
def test_nobody_asks_the_database_and_a_second_time_nothing_is_made_anew(client, statements, path):
    with statements.counting() as counted:
        first, second = client.get(API + path), client.get(API + path)

    assert counted == []
    assert first.data == second.data


def test_the_version_in_force_is_shown(client):
    assert client.get(f"{API}/apps").json["version"]["number"] == 1


def test_apps_are_those_that_offer_something_with_their_counts(client):
    items = client.get(f"{API}/apps").json["items"]

    assert {one["code"]: (one["item_count"], one["service_count"]) for one in items} == {
        app.code: (
            len({row.title for row in FEED.services if row.sub_app == app.code}),
            sum(row.sub_app == app.code for row in FEED.services),
        )
        for app in FEED.apps
        if any(row.sub_app == app.code for row in FEED.services)
    }
    assert len(items) < 18  # the small catalogue has nothing of A13
    assert {one["code"] for one in items if not one["is_supposed"]} == {"A01", "A02", "A03"}
    assert all(bool(one["notice"]) is one["is_supposed"] for one in items)


@pytest.mark.parametrize(("division", "area"), [(None, None), (RUGAO, RUGAO), (RUGAO_TOWN, RUGAO)])
def test_the_tree_of_an_app_has_every_item_once_with_the_code_of_the_citizens_area(client, division, area):
    query = {} if division is None else {"area": division}

    body = client.get(f"{API}/apps/A04", query_string=query).json

    leaves = [leaf["code"] for topic in body["topics"] for leaf in topic["items"]]
    assert sorted(leaves) == sorted(row.code for row in shown(area).values() if row.sub_app == "A04")
    assert all(topic["items"] for topic in body["topics"])
    assert (body["area"] or {}).get("code") == area


def test_a_list_walked_page_by_page_has_every_item_once(client):
    assert sorted(one["code"] for one in walk(client)) == sorted(row.code for row in shown().values())


@pytest.mark.parametrize(
    ("query", "takes"),
    [
        ({"app": "A04"}, lambda row: row.sub_app == "A04"),
        ({"topic": "U15"}, lambda row: "U15" in row.topics),
        ({"topic": "Y13"}, lambda row: "Y13" in row.topics),
        ({"audience": "company"}, lambda row: row.audience == "company"),
        ({"depth": "7"}, lambda row: row.fields["online_handle_depth"] == "7"),
        ({"depth": "5", "app": "A10"}, lambda row: row.sub_app == "A10" and row.fields["online_handle_depth"] >= "5"),
        ({"area": "320612", "app": "A01"}, lambda row: row.sub_app == "A01"),
    ],
    # Names that are the same in every process that runs tests: an address of a function is not.
    ids=lambda value: str(value) if isinstance(value, dict) else "rows",
)
def test_a_list_has_what_its_filters_name(client, query, takes):
    items = walk(client, **query)

    expected = sorted(row.code for row in shown(query.get("area")).values() if takes(row))
    assert expected
    assert sorted(one["code"] for one in items) == expected


def test_a_list_is_ordered_by_sub_app_and_by_the_sound_of_the_title(client):
    items = walk(client, audience="person")

    apps = [one["app"]["code"] for one in items]
    assert apps == sorted(apps)
    sounds = [one["title"] for one in items if one["app"]["code"] == "A04"]
    assert sounds.index("城乡居民基本养老保险参保登记") < sounds.index("求职创业补贴申领")
    assert sounds.index("求职创业补贴申领") < sounds.index("养老保险关系转移接续")


def test_a_line_shows_the_citizens_area_and_names_all_others(client):
    body = client.get(f"{API}/services", query_string={"area": RUGAO_TOWN, "limit": 100}).json

    for line in body["items"]:
        row = shown(RUGAO)[line["title"]]
        assert (line["code"], line["area"]["code"]) == (row.code, row.division_code)
        offered = {one.division_code for one in FEED.services if one.title == row.title}
        assert set(line["area_codes"]) == offered
        assert line["area_codes"][0] == CITY
        assert line["department"] == row.fields["dept_name"]
        assert line["is_sample"] is True
    assert body["area"] == {"code": RUGAO, "name": "如皋市", "level": "county"}
    assert {code for line in body["items"] for code in line["area_codes"]} == {one["code"] for one in body["areas"]}
    assert "示例" in body["notice"]


def test_a_search_finds_the_item_and_says_what_to_highlight(client):
    body = client.get(f"{API}/services", query_string={"q": "社会保障卡密码"}).json

    first = body["items"][0]
    assert first["title"] == "社会保障卡密码重置"
    assert "社会保障卡密码" in "".join(first["title"][start:end] for start, end in first["spans"])
    assert (body["is_nearest"], body["message"]) == (False, None)


def test_a_search_that_finds_nothing_offers_the_nearest_and_says_so(client):
    body = client.get(f"{API}/services", query_string={"q": "魑魅魍魉"}).json

    assert body["is_nearest"] is True or body["items"] == []
    assert body["message"]


def test_a_search_within_filters_gives_nothing_else_and_can_be_paged(client):
    query = {"q": "养老保险", "app": "A04", "area": RUGAO}

    whole = client.get(f"{API}/services", query_string={**query, "limit": 100}).json["items"]
    paged = walk(client, **{**query, "limit": 2})

    assert len(whole) >= 3
    assert {one["app"]["code"] for one in whole} == {"A04"}
    assert {one["area"]["code"] for one in whole} == {RUGAO}
    assert [one["code"] for one in paged] == [one["code"] for one in whole]


def test_a_search_of_which_the_filters_leave_nothing_offers_what_is_found_without_them_and_says_so(client):
    everywhere = walk(client, q="社会保障卡密码")

    body = client.get(f"{API}/services", query_string={"q": "社会保障卡密码", "app": "A01", "limit": 100}).json

    assert (body["is_nearest"], body["message"]) == (True, "所选条件下没有找到，以下是不限条件的结果。")
    assert [one["code"] for one in body["items"]] == [one["code"] for one in everywhere]
    assert [one["code"] for one in walk(client, q="社会保障卡密码", app="A01")] == [one["code"] for one in everywhere]


@pytest.mark.parametrize("filters", [{"app": "A01"}, {"depth": "7"}, {"topic": "U15", "audience": "company"}], ids=str)
@pytest.mark.parametrize("query", ["社会保障卡密码", "魑魅魍魉", "？！"])
def test_nothing_is_called_the_nearest_where_nothing_is_listed(client, query, filters):
    body = client.get(f"{API}/services", query_string={"q": query, **filters}).json

    assert (body["items"] == []) is (body["message"] == "没有找到相关事项，请换个说法，或按子应用和主题浏览。")
    assert body["items"] or not body["is_nearest"]


def test_a_service_shows_all_fields_with_names_and_says_what_was_invented(client):
    row = next(one for one in FEED.services if one.code == SOME_SERVICE)

    body = client.get(f"{API}/services/{SOME_SERVICE}").json

    assert (body["code"], body["title"], body["is_sample"]) == (SOME_SERVICE, row.title, True)
    assert body["origin"]["code"] == row.origin
    # What the exchange of feeds alone needs is neither shown nor named.
    exchanged = {"row_guid", "cd_batch", "cd_operation", "cd_time", "data_source"}
    assert exchanged < set(row.sample_fields)
    assert body["sample_fields"] == [name for name in row.sample_fields if name not in exchanged]
    assert body["basic"]["task_type"] == [{"code": "20", "name": "公共服务"}]
    assert body["basic"]["promise_day"] == row.fields["promise_day"]
    assert body["basic"]["dept_name"] == "南通市人力资源和社会保障局"
    assert body["basic"]["task_code"] == SOME_SERVICE
    assert body["extend"]["user_topic_type"][0] == {"code": "U15", "name": "社会保障"}
    assert body["extend"]["consult_phone"] != body["extend"]["complain_phone"]
    assert [one["material_name"] for one in body["materials"]] == [one["material_name"] for one in row.materials]
    assert [one["name"] for one in body["steps"]] == [step.name for step in row.steps]
    assert [one["question"] for one in body["faqs"]] == [one["question"] for one in row.faqs]
    others = {one.code for one in FEED.services if one.title == row.title} - {SOME_SERVICE}
    assert {one["code"] for one in body["other_areas"]} == others
    assert len(others) == 10


def test_every_service_can_be_read(client):
    for row in FEED.services[::7]:
        body = client.get(f"{API}/services/{row.code}").json
        assert body["title"] == row.title
        for name, value in row.fields.items():
            told = {**body["basic"], **body["extend"]}.get(name)
            if isinstance(told, list):
                told = ",".join(one["code"] for one in told)
            assert told == value or name in {"row_guid", "cd_batch", "cd_operation", "cd_time", "data_source"}


def test_the_code_of_another_city_is_shown_nowhere(client):
    row = next(one for one in FEED.services if one.origin_code)

    assert row.origin_code not in client.get(f"{API}/services/{row.code}").get_data(as_text=True)


def test_topics_are_those_under_which_something_stands_with_their_counts(client):
    items = client.get(f"{API}/topics").json["items"]

    titles = {topic.code: {row.title for row in FEED.services if topic.code in row.topics} for topic in FEED.topics}
    assert {one["code"]: one["item_count"] for one in items} == {
        code: len(under) for code, under in titles.items() if under
    }
    assert {one["audience"]["code"] for one in items if one["kind"] == "自然人主题"} == {"person"}


def test_suggestions_are_titles_with_what_was_typed_highlighted(client):
    body = client.get(f"{API}/suggestions", query_string={"q": "养老保险"}).json

    assert 1 <= len(body["items"]) <= 8
    for one in body["items"]:
        assert "养老保险" in one["text"]
        assert one["spans"]
        assert one["is_sample"] is True
        assert client.get(f"{API}/services/{one['code']}").json["title"] == one["text"]
