"""The icons: strokes on a field of 16 by 16, drawn in the colour of the text."""

ICONS = {
    "arrow": "M3 8h10M9 4l4 4-4 4",
    "bolt": "M9 1.5L3.5 9H8l-1 5.5L12.5 7H8z",
    "check": "M3 8.5l3.2 3L13 4.5",
    "clock": "M8 2a6 6 0 110 12A6 6 0 018 2zM8 4.5V8l2.5 1.5",
    "dot": "M8 5.5a2.5 2.5 0 110 5 2.5 2.5 0 010-5z",
    "down": "M8 2.5v8M4.5 7.5L8 11l3.5-3.5M3 14h10",
    "file": "M4 1.8h5l3.2 3.2v9.2H4zM9 1.8V5h3",
    "lock": "M4 7h8v6.5H4zM5.5 7V5a2.5 2.5 0 015 0v2",
    "mail": "M2 4h12v8.5H2zM2 4.5l6 4.5 6-4.5",
    "minus": "M3.5 8h9",
    "question": "M5.8 5.8a2.3 2.3 0 114 1.6c-.9.8-1.8 1.2-1.8 2.6M8 12.6v.1",
    "scan": "M2 5V2h3M11 2h3v3M14 11v3h-3M5 14H2v-3M2 8h12",
    "search": "M7 2.5a4.5 4.5 0 110 9 4.5 4.5 0 010-9zM10.5 10.5L14 14",
    "swap": "M3 5.5h9M9.5 3L12 5.5 9.5 8M13 10.5H4M6.5 8L4 10.5 6.5 13",
    "up": "M8 11V3M4.5 6L8 2.5 11.5 6M3 14h10",
    "warn": "M8 2l6.5 11.5h-13zM8 6.5v3M8 11.6v.1",
    "x": "M4 4l8 8M12 4l-8 8",
}
