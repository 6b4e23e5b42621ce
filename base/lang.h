// The two languages of what people read: reports and the command's messages.
#pragma once

#include <string_view>

namespace sceau {

enum class Lang { kFr, kEn };

// One sentence in both languages.
struct Text {
  std::string_view fr;
  std::string_view en;
  constexpr std::string_view In(Lang lang) const { return lang == Lang::kFr ? fr : en; }
};

}  // namespace sceau
