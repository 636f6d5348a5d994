"""A made-up catalogue of a marketplace, generated from a seed: the products to index and the queries to run."""

import base64
import itertools
import json
import random
import uuid

NOUNS = {
    "home-kitchen": (
        "mug bowl plate kettle teapot jug vase lamp candle cushion blanket towel basket tray board knife "
        "spoon pan pot jar"
    ).split(),
    "clothing": (
        "shirt dress skirt jacket coat sweater hoodie trousers shorts scarf hat glove sock belt tie vest"
    ).split(),
    "shoes": "boot sneaker sandal loafer slipper heel trainer clog moccasin".split(),
    "electronics": (
        "headphone speaker charger cable keyboard mouse monitor laptop tablet phone camera printer router "
        "battery adapter"
    ).split(),
    "toys": "puzzle doll robot kite train castle dinosaur bear rocket drum".split(),
    "garden": "shovel rake hose planter seed glove bench fountain lantern trellis".split(),
    "sports": "ball racket helmet bottle mat dumbbell rope tent backpack bicycle".split(),
    "beauty": "soap cream perfume brush mirror comb lotion shampoo razor balm".split(),
    "books": "novel atlas cookbook diary notebook calendar poster map comic guide".split(),
    "jewellery": "ring necklace bracelet earring brooch pendant watch cufflink anklet locket".split(),
}
PARTS = ["basic", "premium", "handmade", "vintage", "sale"]
ADJECTIVES = (
    "large small wireless waterproof soft light heavy round square slim classic modern rustic folding "
    "rechargeable portable striped plain glossy matt warm thin"
).split()
MATERIALS = (
    "stoneware cotton wool leather steel oak bamboo glass silk linen ceramic plastic copper brass rubber "
    "marble felt denim velvet porcelain"
).split()
COLOURS = "Black White Grey Red Blue Green Yellow Orange Purple Pink Brown Beige Navy Turquoise Gold Silver".split()
SIZES = "XS S M L XL XXL 36 37 38 39 40 41 42 43 44".split()
TAGS = (
    "handmade gift vegan organic recycled limited new bestseller fairtrade local summer winter outdoor kids "
    "office travel"
).split()
SYLLABLES = (
    "ba be bi bo bu da de di do du fa fe fi ga ge go ka ke ki ko la le li lo lu ma me mi mo mu na ne ni no pa "
    "pe pi po ra re ri ro sa se si so sta ste sto ta te ti to tra tre va ve vi vo"
).split()


def products(count: int, seed: int = 1):
    """Generates `count` products as the index takes them. The same arguments give the same products."""
    rng = random.Random(seed)
    filler = [word(rng) for _ in range(20_000)]
    # As in a language (Zipf's law), the word at rank n is n times rarer than the first.
    weights = list(itertools.accumulate(1 / place for place in range(1, len(filler) + 1)))
    brands = [word(rng).title() for _ in range(max(20, count // 100))]
    shops = [(word(rng), some_id(rng, "shop")) for _ in range(max(5, count // 200))]
    for number in range(count):
        yield product(rng, number, filler, weights, brands, shops)


def product(rng: random.Random, number: int, filler: list, weights: list, brands: list, shops: list) -> dict:
    category = rng.choice(list(NOUNS))
    noun = rng.choice(NOUNS[category])
    material, adjective = rng.choice(MATERIALS), rng.choice(ADJECTIVES)
    brand = rng.choice(brands)
    part = f"{category}-{rng.choice(PARTS)}"
    shop, shop_id = rng.choice(shops)
    colours = rng.sample(COLOURS, rng.choice((0, 1, 1, 2, 3)))
    sizes = rng.sample(SIZES, rng.choice((0, 0, 1, 3, 5)))
    tags = rng.sample(TAGS, rng.choice((0, 1, 2, 3)))
    words = rng.choices(filler, cum_weights=weights, k=rng.randint(20, 110))
    model = f"{rng.choice('ABCDEFGH')}{rng.randint(10, 9999)}"
    title = f"{adjective.title()} {material} {noun}" + (f" {brand} {model}" if rng.random() < 0.4 else "")
    summary = f"A {adjective} {noun} of {material}, {' '.join(words[:4])}."
    price = rng.randint(3, 500) * 100 - 1
    created = 1_700_000_000_000 + number * 60_000 + rng.randint(0, 59_999)
    offer = None
    if rng.random() < 0.1:
        starts = created + rng.randint(0, 40) * 86_400_000
        offer = {"price": price * 8 // 10, "starts_at": starts, "ends_at": starts + 14 * 86_400_000}
    made = {
        "id": some_id(rng, "prod"),
        "version": rng.randint(1, 9),
        "title": title,
        "brand": brand,
        "tags": tags,
        "keywords": [f"{material} {noun}"],
        "summary": summary,
        "description": f"{' '.join(words)}.".capitalize(),
        "attributes": [material, f"{rng.randint(1, 90)} cm", f"{rng.randint(1, 40) * 50} g", *colours],
        "category": category,
        "subcategory": part,
        "category_names": [category.replace("-", " and ").title(), part.rpartition("-")[2].title()],
        "shop": shop,
        "shop_name": shop.title(),
        "colours": colours,
        "sizes": sizes,
        "price": price,
        "offer": offer,
        "rating": rng.choice((None, rng.randint(200, 500))),
        "sold": int(rng.paretovariate(0.8)) - 1,
        "in_stock": rng.random() < 0.9,
        "created_at": created,
        "listed": rng.random() < 0.97,
    }
    return made | {"card": card(rng, made, shop_id)}


def card(rng: random.Random, made: dict, shop_id: str) -> str:
    """Returns what the table stores for lists: about as long, and as hard to compress."""
    picture = some_id(rng, "media")
    slug = "-".join(made["title"].lower().split())
    renditions = [{"width": width, "height": width, "path": f"{picture}/{width}.webp"} for width in (320, 800, 1600)]
    shown = {
        "id": made["id"],
        "shop": shop_id,
        "shop_name": made["shop_name"],
        "shop_slug": made["shop"],
        "shop_open": True,
        "shop_version": 1,
        "slug": slug,
        "title": made["title"],
        "summary": made["summary"],
        "picture": {
            "id": picture,
            "width": 1600,
            "height": 1600,
            "blur": base64.b64encode(rng.randbytes(21)).decode(),
            "renditions": renditions,
        },
        "price": {"amount": made["price"], "currency": "EUR"},
        "category": made["category"],
        "subcategory": made["subcategory"],
        "brand": made["brand"],
        "tags": made["tags"],
        "status": "active",
        "last_sku": 3,
        "version": made["version"],
        "created_at": made["created_at"],
        "updated_at": made["created_at"] + rng.randint(0, 10**9),
    }
    return json.dumps(shown, separators=(",", ":"))


def questions(count: int, now: int, seed: int = 2) -> dict[str, list[dict]]:
    """Returns the queries by kind: words with a typo and filters, words with a typo and facets, and the landing
    page."""
    rng = random.Random(seed)

    def text() -> str:
        noun = rng.choice(NOUNS[rng.choice(list(NOUNS))])
        words = rng.choice(
            ([noun], [rng.choice(MATERIALS), noun], [rng.choice(ADJECTIVES), rng.choice(MATERIALS), noun])
        )
        return typo(" ".join(words), rng)

    filters = [
        {"price": [1_000, 30_000], "in_stock": True},
        {"colours": ["Blue", "Black"], "min_rating": 300},
        {"tags": ["gift"], "in_stock": True},
    ]
    return {
        "fuzzy + filters": [{"text": text(), "filters": rng.choice(filters), "now": now} for _ in range(count)],
        "fuzzy + facets": [{"text": text(), "facets": True, "now": now} for _ in range(count)],
        "landing page": [{"facets": True, "now": now} for _ in range(count // 5)],
        "suggestions": [{"suggest": text()[: rng.randint(2, 12)], "now": now} for _ in range(count)],
    }


def typo(text: str, rng: random.Random) -> str:
    """Makes one random edit in the longest word, which keeps at least three letters: removes, adds or replaces a
    letter, or swaps two."""
    words = text.split()
    at = max(range(len(words)), key=lambda index: len(words[index]))
    word = words[at]
    if len(word) < 4:
        return text
    place = rng.randrange(len(word))
    letter = rng.choice("abcdefghijklmnopqrstuvwxyz")
    edit = rng.choice(("less", "more", "other", "swapped"))
    if edit == "less":
        word = word[:place] + word[place + 1 :]
    elif edit == "more":
        word = word[:place] + letter + word[place:]
    elif edit == "other":
        word = word[:place] + letter + word[place + 1 :]
    else:
        place = min(place, len(word) - 2)
        word = word[:place] + word[place + 1] + word[place] + word[place + 2 :]
    words[at] = word
    return " ".join(words)


def word(rng: random.Random) -> str:
    return "".join(rng.choices(SYLLABLES, k=rng.choice((2, 2, 3, 3, 4))))


def some_id(rng: random.Random, prefix: str) -> str:
    return f"{prefix}_{uuid.UUID(bytes=rng.randbytes(16), version=4).hex}"
