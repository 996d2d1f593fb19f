"""The language of a text is told by its words or its script; one without a model is said."""

import pytest

from auditor.inventory.take import examine
from auditor.inventory.tongue import by_model, languages_of
from tests.inventory.drawing import draw


@pytest.mark.parametrize(("text", "code"), [
    ("She asked for the invoice and will call us back", "en"),
    ("Der Kunde bittet um Rückruf und hat das Angebot nicht erhalten", "de"),
    ("Le client est absent, relance prévue pour la semaine avec une offre", "fr"),
    ("El cliente pregunta por los precios del contrato para este año", "es"),
    ("Il cliente non ha risposto alla chiamata, sono stato richiamato", "it"),
    ("De klant heeft het contract niet ontvangen en wordt gebeld", "nl"),
    ("O cliente não respondeu até agora, enviar uma proposta pelo correio", "pt"),
    ("Klient prosi o kontakt, nie jest dostępny dla nas", "pl"),
    ("Kunden har inte svarat och det är för sent att ringa till honom", "sv"),
    ("Клиент просит перезвонить завтра утром", "ru"),
    ("客户要求明天早上回电话并发送合同", "zh"),
    ("お客様は明日の朝に電話を希望しています", "ja"),
    ("Siemens 4711 OK", ""),
    ("", ""),
])  # fmt: skip
def test_a_text_is_in_its_language(text: str, code: str):
    assert languages_of([text]) == [code]


def test_texts_without_a_model_for_their_language_are_said_and_are_no_gap():
    texts = ["Der Kunde Martin Fischer bittet um Rückruf und das Angebot", "She asked for the invoice of Anna Schmidt"]
    failures = examine(draw("notes", {"description": texts})).failures
    assert [(f.what, f.gap) for f in failures] == [("names in 1 of 2 texts", False)]
    assert "German 1" in failures[0].why


def test_a_text_is_read_by_the_model_of_its_language_or_the_first():
    told = {"a": "fr", "b": "de", "c": "", "d": "en"}
    assert by_model(told, ("en", "fr")) == {"fr": ["a"], "en": ["b", "c", "d"]}
