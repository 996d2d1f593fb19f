"""Compare the gated recognizers with stock Presidio over labelled texts and generated hostile ones; print the count.

python benchmarks/inventory/differential.py [FOLDER_OF_JSONL] [NUMBER_OF_HOSTILE_TEXTS]
"""

from __future__ import annotations

import json
import random
import sys
import time
from collections.abc import Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from tests.inventory.test_matcher import CRASHES, SEEDS, engines, found

ALPHABET = "0123456789 -./:@+()#,;_ABCDEKPTZabcdekptz\n\t\u212a\u017f\u0665\uff15\u00df\u0130\U0001d7d8"
# What makes a text look like another: marks of direction, nothing's width, entities, combining marks, brackets.
DISGUISES = (
    "\u200b\u200c\u200d\ufeff\u202e\u202d\u2066\u2069\u200f\u00ad\u0301\u0660\u06f3\u0967\u00a0\u2003\u2028\x00\x1f"
)


def labelled(folder: Path) -> Iterator[str]:
    """Every distinct text of every labelled set."""
    seen: set[str] = set()
    for path in sorted(folder.glob("*.jsonl")):
        with path.open(encoding="utf-8") as lines:
            for line in lines:
                text = json.loads(line)["text"]
                if text not in seen:
                    seen.add(text)
                    yield text


def hostile(count: int, seed: int = 0) -> Iterator[str]:
    """Noise, and numbers of every kind cut, joined and spoilt."""
    draw = random.Random(seed)
    for number in range(count):
        if number % 3 == 0:
            yield "".join(draw.choices(ALPHABET, k=draw.randint(0, 60)))
            continue
        if number % 500 == 1:
            # A very long run, of one character or of one number over and over.
            yield draw.choice((draw.choice(ALPHABET), draw.choice(SEEDS))) * draw.randint(200, 800)
            continue
        if number % 7 == 1:
            yield _disguised(draw.choice(SEEDS), draw)
            continue
        text = draw.choice((" ", "", ", ", "\n", "x", "-")).join(draw.choices(SEEDS, k=draw.randint(1, 3)))
        for _ in range(draw.randint(0, 3)):
            at = draw.randint(0, len(text))
            text = text[:at] + draw.choice(ALPHABET) + text[at + draw.randint(0, 1) :]
        yield text


def _disguised(text: str, draw: random.Random) -> str:
    """A number written as entities, nested in brackets and quotes, or with signs in it that nobody sees."""
    way = draw.randrange(4)
    if way == 0:
        return "".join(f"&#{ord(c)};" if draw.random() < 0.5 else c for c in text)
    if way == 1:
        for _ in range(draw.randint(1, 12)):
            text = draw.choice(("({})", "[{}]", '"{}"', "<{}>", "mailto:{}", "https://x.example/?q={}")).format(text)
        return text
    if way == 2:
        return "\u202e" + text[::-1] + "\u202c"
    return "".join(c + (draw.choice(DISGUISES) if draw.random() < 0.3 else "") for c in text)


def main(folder: Path, count: int) -> int:
    """Print how many texts were compared and how many differ."""
    stock, ours = engines()
    seconds = [0.0, 0.0]
    different = 0
    for title, texts in (("labelled", labelled(folder) if folder.is_dir() else iter(())), ("hostile", hostile(count))):
        compared = results = 0
        for text in texts:
            answers = []
            for index, engine in enumerate((stock, ours)):
                start = time.process_time()
                answers.append(found(engine, text))
                seconds[index] += time.process_time() - start
            compared += 1
            results += len(answers[0])
            different += answers[0] != answers[1]
        print(f"{title}: {compared:,} texts, {results:,} results of Presidio, {different} texts differ so far")
    names = len(stock.registry.recognizers)
    print(f"{names} recognizers; Presidio {seconds[0]:.1f} cpu-s, gated {seconds[1]:.1f} cpu-s")
    print(f"differences: {different}")
    print(f"Presidio's own recognizers broke {len(CRASHES)} times ({', '.join(sorted(set(CRASHES)))}): nothing found")
    return 1 if different else 0


if __name__ == "__main__":
    texts_in = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parents[3] / "shared" / "bench" / "text"
    sys.exit(main(texts_in, int(sys.argv[2]) if len(sys.argv) > 2 else 20_000))
