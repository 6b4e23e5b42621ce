#include "policy/kinds.h"

#include <algorithm>

#include "absl/strings/ascii.h"

namespace sceau::policy {

bool MatchesPattern(std::string_view pattern, std::string_view text) {
  size_t p = 0, t = 0;
  size_t star = std::string_view::npos, resume = 0;  // where the last '*' is, what it has taken
  while (t < text.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      resume = t;
    } else if (p < pattern.size() && (pattern[p] == '?' || absl::ascii_tolower(pattern[p]) ==
                                                               absl::ascii_tolower(text[t]))) {
      ++p;
      ++t;
    } else if (star != std::string_view::npos) {
      p = star + 1;
      t = ++resume;
    } else {
      return false;
    }
  }
  while (p < pattern.size() && pattern[p] == '*') ++p;
  return p == pattern.size();
}

std::vector<const KindRule*> RulesFor(const Register& facts, std::string_view collectivite,
                                      const PieceFacts& piece, const When& when) {
  std::vector<const KindRule*> found;
  for (const auto& [record, rule] : facts.By<KindRule>(collectivite)) {
    const bool recognised =
        (rule->name_pattern.empty() || MatchesPattern(rule->name_pattern, piece.name)) &&
        (rule->type_pj.empty() || rule->type_pj == piece.type_pj) &&
        (rule->domain.empty() ||
         std::count(piece.domains.begin(), piece.domains.end(), rule->domain) > 0);
    if (recognised && facts.Holds(*record, when)) found.push_back(rule);
  }
  return found;
}

}  // namespace sceau::policy
