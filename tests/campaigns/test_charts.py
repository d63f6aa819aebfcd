"""Charts as geometry: a column for each day, empty ones too, weeks when days are too many, bars by their share."""

from datetime import date, timedelta

from campaigns import charts

FIRST = date(2016, 9, 1)


def test_each_day_has_its_column_also_the_empty_one():
    chart = charts.by_day({FIRST: 2, FIRST + timedelta(days=2): 4}, width=300, height=100)

    assert [(each.first_day.day, each.value, each.x, each.y, each.height) for each in chart.columns] == [
        (1, 2, 0.0, 50.0, 50.0),
        (2, 0, 100.0, 100.0, 0.0),
        (3, 4, 200.0, 0.0, 100.0),
    ]
    assert (chart.highest, chart.days) == (4, 1)


def test_many_days_become_weeks_and_nothing_is_lost():
    values = {FIRST + timedelta(days=day): 1 for day in range(charts.MOST_COLUMNS + 1)}

    chart = charts.by_day(values)

    assert chart.days == 7
    assert len(chart.columns) == 14
    assert sum(each.value for each in chart.columns) == len(values)
    assert chart.columns[1].first_day == FIRST + timedelta(days=7)
    assert max(each.x + each.width for each in chart.columns) <= chart.width


def test_nothing_to_draw_is_no_chart():
    assert charts.by_day({}) is None
    assert charts.by_day({FIRST: 0}) is None


def test_bars_are_measured_by_the_longest():
    assert charts.shares([4, 1, 0]) == [100.0, 25.0, 0.0]
    assert charts.shares([0, 0]) == [0.0, 0.0]
    assert charts.shares([]) == []
