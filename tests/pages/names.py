"""Names as long as people may give them."""

WORDS = "Rindfleischetikettierungsüberwachungshalle"
LONGER_WORDS = "Llanfairpwllgwyngyllgogerychwyrndrobwllllantysiliogogogoch"
