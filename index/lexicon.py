"""What differs between languages when texts become terms."""

__all__ = ["ABBREVIATIONS", "QUESTION_WORDS", "SIGNS", "STEMMED", "WITHOUT_STOP_WORDS"]

# ISO 639-1 codes and the names of tantivy's stemmers and stop words.
STEMMED = {
    "ar": "arabic",
    "da": "danish",
    "de": "german",
    "el": "greek",
    "en": "english",
    "es": "spanish",
    "fi": "finnish",
    "fr": "french",
    "hu": "hungarian",
    "it": "italian",
    "nb": "norwegian",
    "nl": "dutch",
    "nn": "norwegian",
    "no": "norwegian",
    "pt": "portuguese",
    "ro": "romanian",
    "ru": "russian",
    "sv": "swedish",
    "ta": "tamil",
    "tr": "turkish",
}
WITHOUT_STOP_WORDS = {"ar", "el", "ro", "ta", "tr"}  # tantivy has no list for them
# Words that say what is asked and not about what, where tantivy's list does not have them.
QUESTION_WORDS = {
    "en": "what when where which who whom whose why how did do does done has have had can could "
    "would should may might many much i you he she we me my your him her his them our us am been "
    "being were from about",
    "es": "que cual cuales cuando cuanto cuanta cuantos cuantas donde quien quienes como por fue "
    "es son ha han hay esta estan era puede",
    "fr": "que quoi quel quelle quels quelles quand combien ou qui comment pourquoi est sont a ont "
    "ete peut",
    "de": "was wann wo welche welcher welches wer wem wen wessen warum wie wieviel viele hat haben "
    "ist sind war wurde kann",
    "it": "che cosa quale quali quando quanto quanta quanti quante dove chi come perche ha hanno e "
    "sono era",
    "pt": "que qual quais quando quanto quanta quantos quantas onde quem como porque foi e sao tem "
    "era pode",
}
SIGNS = {
    "en": {"%": "percent", "$": "dollars", "€": "euros", "£": "pounds"},
    "es": {"%": "ciento", "$": "dólares", "€": "euros", "£": "libras"},
    "fr": {"%": "cent", "$": "dollars", "€": "euros", "£": "livres"},
    "de": {"%": "Prozent", "$": "Dollar", "€": "Euro", "£": "Pfund"},
    "it": {"%": "cento", "$": "dollari", "€": "euro", "£": "sterline"},
    "pt": {"%": "cento", "$": "dólares", "€": "euros", "£": "libras"},
}
# Only in capitals or with full stops: "us" is another word.
ABBREVIATIONS = {
    "en": {
        "US": "United States",
        "USA": "United States",
        "UK": "United Kingdom",
        "EU": "European Union",
        "UN": "United Nations",
    },
    "es": {
        "EEUU": "Estados Unidos",
        "US": "Estados Unidos",
        "USA": "Estados Unidos",
        "UE": "Unión Europea",
        "ONU": "Naciones Unidas",
        "RU": "Reino Unido",
    },
}
