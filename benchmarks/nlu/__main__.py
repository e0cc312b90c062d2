"""`make nlu`: the understanding on the development set, beside Rasa's default pipeline on the same data.

make nlu                    all of it; beside Rasa's default pipeline, both trained on 20 messages an intent
make nlu ARGS="--each 0"    beside it trained on all the data: DIET takes hours for that
make nlu ARGS=--ours        without Rasa's default pipeline
make nlu ARGS=--keep        and writes the figures that CI compares with (tests/nlu/figures.yml)
"""

from __future__ import annotations

import argparse
import shutil
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

import rasa
import yaml

from benchmarks.nlu import figures as f
from benchmarks.nlu import report, server
from benchmarks.nlu.crossval import cross_validate, likeness
from benchmarks.nlu.messages import ROOT, SETS, Message, bare, read, sample, slipped, training, write
from bot.components.intents import model_of
from bot.components.ranking import IntentModel

FOLDER = ROOT / "var" / "nlu"
FOLDS = 5


def main() -> None:
    """Prints every figure of the understanding."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--ours", action="store_true", help="without Rasa's default pipeline")
    parser.add_argument("--each", type=int, default=20, help="messages an intent for the comparison; 0: all")
    parser.add_argument("--keep", action="store_true", help="write tests/nlu/figures.yml")
    chosen = parser.parse_args()
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir(parents=True)
    known, development = training(), read("development")
    _data(known, development)
    ours = _ours(development)
    if chosen.keep:
        _keep(ours)
    _cross_validation(known)
    if not chosen.ours:
        compare(known, development, chosen.each)


def compare(known: list[Message], development: list[Message], each: int) -> None:
    """Both pipelines on the same training messages, in the same run."""
    data = ROOT / "data" / "nlu"
    if each:
        data = FOLDER / "sample.yml"
        write(sample(known, each), data)
    print(f"\n== side by side, trained on {f'{each} messages' if each else 'all messages'} of each intent", flush=True)
    ours = _trained("Zelo's", ROOT / "config.yml", data, development)
    config = FOLDER / "rasa_init.yml"  # a copy: Rasa writes the pipeline that it chose into the file
    shutil.copy(Path(rasa.__file__).parent / "cli" / "initial_project" / "config.yml", config)
    default = _trained("as `rasa init` writes it (DIET)", config, data, development)
    print(f"ours over Rasa's default: {100 * (ours.accuracy - default.accuracy):+.1f} points of accuracy,"
          f" {100 * (ours.macro_f1 - default.macro_f1):+.1f} of macro-F1")  # fmt: skip


def _data(known: list[Message], development: list[Message]) -> None:
    print(f"{len(known)} training messages of {len({m.intent for m in known})} intents; {len(development)} development")
    near = likeness(known, development)
    above = [sum(score >= limit for score, _, _ in near) for limit in (0.9, 0.8, 0.7)]
    print(f"likeness (cosine of letter groups with the nearest training message): greatest {near[0][0]:.2f}, median"
          f" {near[len(near) // 2][0]:.2f}; at least 0.9: {above[0]}, 0.8: {above[1]}, 0.7: {above[2]}")  # fmt: skip
    for score, text, other in near[:5]:
        print(f"  {score:.2f} {text!r} ~ {other!r}")


def _ours(development: list[Message]) -> f.Figures:
    print("\n== Zelo's pipeline (config.yml): training ...", flush=True)
    model, seconds = server.train(ROOT / "config.yml", ROOT / "data" / "nlu", FOLDER, "ours")
    with server.served(model, seconds) as here:
        parses = _measure(here, development)
        found = f.figures(development, parses)
        for name, changed in (("no accents, no capitals", bare), ("a slip for ten letters", slipped)):
            messages = changed(development)
            report.headline(name, f.figures(messages, here.parse(messages)))
        report.intents(development, parses)
        report.shares(development, parses)
        report.picture(development, parses, FOLDER / "confusion.png")
        print(f"confusion picture: {(FOLDER / 'confusion.png').relative_to(ROOT)}")
        report.reliability("development", development, parses)
        _thresholds(here)
        two = read("two_needs")
        needs = f.two_needs(two, here.parse(two))
        print(f"\ntwo needs in one message: one acted on and the other noted {needs.both:.3f}, one of them acted on"
              f" {needs.one:.3f}, the first asked for {needs.in_order:.3f}; a second one noted where there is none"
              f" {needs.invented:.3f} ({len(two)} messages)")  # fmt: skip
    return found


def _thresholds(here: server.Served) -> None:
    calibration = read("calibration")
    parses = here.parse(calibration)
    report.headline("calibration (no figure)", f.figures(calibration, parses))
    report.reliability("calibration", calibration, parses)
    lowest = f.lowest_threshold(calibration, parses, report.LEAST_PRECISION)
    pipeline = yaml.safe_load((ROOT / "config.yml").read_text(encoding="utf-8"))["pipeline"]
    print(f"lowest threshold that is right {report.LEAST_PRECISION:.0%} of the time on it: {lowest:.2f};"
          f" config.yml has {pipeline[-1]['threshold']}")  # fmt: skip


def _trained(name: str, config: Path, data: Path, development: list[Message]) -> f.Figures:
    print(f"{name}: training ...", flush=True)
    model, seconds = server.train(config, data, FOLDER, config.stem)
    with server.served(model, seconds) as here:
        return f.figures(development, _measure(here, development))


def _measure(here: server.Served, development: list[Message]) -> list[f.Parse]:
    here.parse(development[:50])  # warm
    parses = here.parse(development)
    times = [parse.seconds * 1000 for parse in parses]
    print(f"training {here.training_seconds:.0f} s (the command as a whole), model {here.model_megabytes:.1f} MB,"
          f" rasa run to its first answer {here.first_answer_seconds:.1f} s, memory {here.megabytes():.0f} MB,"
          f" parse over HTTP p50 {f.percentile(times, 0.5):.1f} ms, p95 {f.percentile(times, 0.95):.1f} ms")  # fmt: skip
    report.headline("development", f.figures(development, parses))
    return parses


def _cross_validation(known: list[Message]) -> None:
    print(f"\n== cross-validation on the training data, {FOLDS} folds", flush=True)
    pipeline = yaml.safe_load((ROOT / "config.yml").read_text(encoding="utf-8"))["pipeline"][0]
    model: Callable[[], IntentModel] = lambda: model_of(pipeline)  # noqa: E731
    accuracy, macro_f1, three = cross_validate(model, known, FOLDS)
    print(f"accuracy {accuracy:.3f}, macro-F1 {macro_f1:.3f}, first three {three:.3f}")


def _keep(found: f.Figures) -> None:
    head = "# Written by `make nlu ARGS=--keep`. CI fails where the development figures fall two points under these.\n"
    kept = {name: round(value, 4) for name, value in asdict(found).items()}
    (SETS / "figures.yml").write_text(head + yaml.safe_dump(kept, sort_keys=False), encoding="utf-8")


if __name__ == "__main__":
    main()
