"""What a person sees of a build."""

import io

from progress import Progress, clock, spoken

BAR = "    Building [======>                  ] 412/686: aws-sdk-s3, catalogue, get-product(bin)              "


class Terminal(io.StringIO):
    def isatty(self):
        return True


def watched(usual=420.0, output=None, times=(0.0, 130.0)):
    """A progress whose clock shows `times`, the last of them for ever."""
    left = list(times)
    return Progress(usual, output or io.StringIO(), now=lambda: left.pop(0) if len(left) > 1 else left[0])


def test_crates_are_counted_as_cargo_counts_them():
    progress = watched()
    progress.hear(BAR)
    assert progress.line() == "   412 of 686 crates, 2:10 of the usual 7:00: aws-sdk-s3, catalogue, get-product(bin)"


def test_a_coloured_count_is_a_count(capfd):
    progress = watched()
    progress.hear("\x1b[K\x1b[1m\x1b[96m    Building\x1b[0m [>  ] 0/1: t1(bin)   ")
    assert progress.line().startswith("   0 of 1 crates")
    assert capfd.readouterr().err == ""


def test_downloads_are_counted_too():
    progress = watched()
    progress.hear(" Downloading [=====>   ] 12/400: serde, tokio")
    assert progress.line().startswith("   12 of 400 downloads")


def test_without_a_usual_time_or_past_it_none_is_told():
    for usual in (None, 60.0):
        progress = watched(usual)
        progress.hear(BAR)
        assert progress.line().startswith("   412 of 686 crates, 2:10: ")


def test_errors_and_warnings_are_shown_and_routine_is_not(capfd):
    progress = watched()
    for line in ("   Compiling serde v1.0.229", "    Finished `release` profile in 2s", "error[E0425]: cannot find value", "", " --> a.rs"):
        progress.hear(line)
    assert capfd.readouterr().err == "error[E0425]: cannot find value\n\n --> a.rs\n"


def test_a_log_gets_a_line_every_ten_seconds():
    output = io.StringIO()
    progress = watched(None, output, times=(0.0, 5.0, 11.0, 11.0, 11.0, 12.0))
    for _ in range(3):
        progress.hear(BAR)
    assert output.getvalue().count("\n") == 1


def test_a_terminal_gets_one_line_that_is_drawn_over_and_taken_away(monkeypatch):
    monkeypatch.setenv("COLUMNS", "40")
    output = Terminal()
    progress = watched(output=output)
    progress.hear(BAR)
    progress.hear(BAR)
    progress.clear()
    drawn = output.getvalue().split("\r\x1b[K")
    assert drawn == ["", progress.line()[:39], progress.line()[:39], ""]


def test_times_are_told_as_exactly_as_somebody_who_waits_wants_them():
    assert [clock(seconds) for seconds in (0, 59.6, 125)] == ["0:00", "1:00", "2:05"]
    assert [spoken(seconds) for seconds in (0.2, 50, 420)] == ["1 s", "50 s", "7 min"]
