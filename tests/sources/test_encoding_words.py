"""A code page is judged by the words that need it, not by the addresses beside them."""

from __future__ import annotations

import pytest

from auditor.sources.encoding import detect_encoding

NAMES = {
    "cp932": ("佐藤", "鈴木", "高橋", "配信停止", "メールアドレス"),
    "cp1251": ("Иванов", "Петрова", "Москва", "Россия", "Подписка"),
    "cp1252": ("Müller", "José", "França", "España", "Zoë"),
}


@pytest.mark.parametrize("codec", NAMES)
def test_much_ascii_beside_foreign_words_does_not_make_them_latin(codec):
    lines = [f"{name},{name},person{n}.of.some.place@example.org,0" for n in range(60) for name in NAMES[codec]]
    assert detect_encoding("\n".join(lines).encode(codec), True)[0] == codec
