"""wacket series: ls, get, plot."""

import json

SERIES = [
    {"id": 1, "node": "bench", "name": "temp", "labels": {}, "unit": "°C", "adopted": True, "at": "T", "value": 21.50},
    {
        "id": 2,
        "node": "rack",
        "name": "cpu",
        "labels": {"core": "0"},
        "unit": "",
        "adopted": True,
        "at": "T",
        "value": None,
    },
]
VALUES = "GET /api/v1/series/values"


def answer(*points):
    return {"step_us": 1, "series": [{**SERIES[0], "points": list(points)}]}


def test_ls_shows_the_latest_values_and_labels(hub, wacket):
    hub.answers["GET /api/v1/series"] = {"series": SERIES}
    ran = wacket("series", "ls", "bench/*", "cpu", "--node", "bench")
    assert ran.out.splitlines() == ["bench  temp         21.5  °C  T", "rack   cpu{core=0}     –      T"]
    assert hub.last().query == {"match": ["bench/*", "cpu"], "node": ["bench"]}
    assert json.loads(wacket("series", "ls", "--json").out) == SERIES


def test_get_asks_for_the_range_step_and_function_and_prints_csv(hub, wacket):
    hub.answers[VALUES] = answer([1_700_000_000_000_000, 21.500000000000004], [1_700_000_000_500_001, 22])
    ran = wacket("series", "get", "bench/temp", "--since", "1h", "--step", "10s", "--fn", "max", "--csv")
    assert ran.out.splitlines() == [
        "node,name,labels,at,value",
        "bench,temp,{},2023-11-14T22:13:20.000000Z,21.500000000000004",
        "bench,temp,{},2023-11-14T22:13:20.500001Z,22",
    ]
    assert hub.last().query == {
        "match": ["bench/temp"], "since": ["1h"], "until": ["now"], "step": ["10s"], "fn": ["max"],
    }  # fmt: skip


def test_get_without_a_pattern_or_with_an_unknown_function_is_bad_usage(hub, wacket):
    assert wacket("series", "get").code == 2
    assert wacket("series", "get", "x", "--fn", "median").code == 2
    assert not hub.asked


def test_plot_asks_for_the_lowest_and_the_highest_and_draws_ascii_in_a_pipe(hub, wacket):
    points = {"min": [[1, 20.0], [2, 1.0]], "max": [[1, 20.0], [2, 99.0]], "last": [[1, 20.0], [2, 7.0], [3, None]]}
    hub.answers[VALUES] = lambda asked: answer(*points[asked.query["fn"][0]])
    ran = wacket("series", "plot", "bench/temp")
    assert "last 7 °C   min 1   max 99" in ran.out
    assert [asked.query["fn"] for asked in hub.asked] == [["min"], ["max"], ["last"]]
    assert all(len(line) <= 80 for line in ran.out.splitlines())
    assert "".join(ran.out.splitlines()[1:]).isascii()


def test_a_series_that_appears_between_the_questions_is_left_for_the_next_time(hub, wacket):
    new = {**SERIES[1], "points": [[1, 5.0]]}

    def growing(asked):
        said = answer([1, 20.0])
        return said if asked.query["fn"] == ["min"] else {**said, "series": [new, *said["series"]]}

    hub.answers[VALUES] = growing
    ran = wacket("series", "plot", "*")
    assert ran.code == 0 and "bench/temp" in ran.out and "rack" not in ran.out


def test_nothing_to_plot_is_a_failure_with_advice(hub, wacket):
    hub.answers[VALUES] = answer()
    ran = wacket("series", "plot", "nothing/*")
    assert ran.code == 1 and "wacket series ls" in ran.err


def test_the_fields_that_json_keeps_are_those_of_each_series(hub, wacket):
    hub.answers[VALUES] = answer([1, 20.0])
    said = json.loads(wacket("series", "get", "*", "--json=name,points").out)
    assert said == {"step_us": 1, "series": [{"name": "temp", "points": [[1, 20.0]]}]}
