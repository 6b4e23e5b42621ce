// How values of a document or a certificate are shown to a person.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/lang.h"

namespace sceau::cli {

// Safe on a terminal: line ends and tabs become a space; other control characters, the marks that
// change the direction of text, and bytes that are not UTF-8 become U+FFFD. What a document says
// can then neither move the cursor nor hide a part of the preview.
std::string Printable(std::string_view text);

// "1234.5" as "1 234,50 €" or "€1,234.50". What is not a decimal number is shown as written.
std::string Amount(std::string_view euros, Lang lang);
// In hundredths; nullopt when it is no decimal number, has more decimals, or is too large to add
// up.
std::optional<int64_t> Cents(std::string_view euros);
std::string AmountOfCents(int64_t cents, Lang lang);

// "2024-04-02" as "02/04/2024" in French; anything else as written.
std::string Date(std::string_view date, Lang lang);
// "51,2 ko", "51.2 kB": decimal multiples.
std::string Size(int64_t bytes, Lang lang);

// "1 bordereau", "3 bordereaux"; the French plural begins at 2.
std::string Count(int64_t n, std::string_view one, std::string_view many);

}  // namespace sceau::cli
