"""How names are cut and read, and that the vocabulary is sound."""

import pytest

from auditor.inventory.lexicon import load_lexicon, split_name
from auditor.inventory.naming import read_column, read_table
from auditor.inventory.taxonomy import load_taxonomy

LEXICON = load_lexicon()


@pytest.mark.parametrize(("name", "words"), [
    ("email_optout", "email optout"), ("emailoptout", "emailoptout"), ("mailingStreet", "mailing street"),
    ("mailingstreet", "mailing street"), ("IPAddress", "ip address"), ("npe01__HomeEmail__c", "home email"),
    ("fecha_de_nacimiento", "fecha nacimiento"), ("Prénom", "prenom"), ("客户姓名", "客户 姓名"), ("order", "order"),
])  # fmt: skip
def test_a_name_is_cut_into_its_words(name: str, words: str):
    assert " ".join(split_name(name, LEXICON)) == words


@pytest.mark.parametrize(("table", "kind"), [
    ("contacts", "person"), ("vtiger_contactdetails", "person"), ("contact_type", "thing"),
    ("email_templates", "thing"),
    ("leads_audit", "person"), ("users_cstm", "person"), ("campaigns", "thing"), ("accounts", "account"),
    ("companies", "organisation"), ("case_notes", "message"), ("xyz", ""),
])  # fmt: skip
def test_a_table_is_about_what_its_last_telling_word_says(table: str, kind: str):
    assert read_table(table, LEXICON).kind == kind


def test_the_last_phrase_is_the_head_of_a_name():
    claims = read_column("email_greeting", read_table("contacts", LEXICON), LEXICON)
    assert [c.category for c in claims] == ["identity.name"]


def test_categories_keep_their_flags():
    taxonomy = load_taxonomy()
    assert taxonomy["special.health"].flags == {"gdpr_special", "cpra_sensitive"}
    assert taxonomy["credential.password_secret"].level == "S4"
    assert not taxonomy["identity.name"].guarded
