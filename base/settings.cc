#include "base/settings.h"

#include <algorithm>
#include <map>
#include <numeric>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_split.h"
#include "base/strings.h"

namespace sceau {
namespace {

bool IsSection(std::string_view path, const std::vector<std::string_view>& paths) {
  return std::any_of(paths.begin(), paths.end(), [&](std::string_view known) {
    return known.size() > path.size() && known.starts_with(path) && known[path.size()] == '.';
  });
}

// Levenshtein.
size_t EditDistance(std::string_view a, std::string_view b) {
  std::vector<size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), size_t{0});
  for (size_t i = 1; i <= a.size(); ++i) {
    size_t diagonal = std::exchange(row[0], i);
    for (size_t j = 1; j <= b.size(); ++j) {
      const size_t replaced = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = std::exchange(row[j], std::min({row[j] + 1, row[j - 1] + 1, replaced}));
    }
  }
  return row.back();
}

// `complaint`, told of this place unless it names one inside already.
Complaint At(Complaint complaint, const toml::node& node, const std::string& path) {
  if (!complaint.empty() && complaint.node == nullptr) {
    complaint.node = &node;
    complaint.path = path;
  }
  return complaint;
}

Status ErrorAt(const SettingsOrigin& origin, std::string_view detail, const std::string& path,
               const toml::source_region& source) {
  const auto& begin = source.begin;
  return Error(origin.reason, Concat(origin.name, ": ", path, path.empty() ? "" : ": ", detail),
               {static_cast<int64_t>(begin.line), static_cast<int64_t>(begin.column), path});
}

}  // namespace

Complaint SetText(const toml::node& node, std::string& out) {
  const auto* text = node.as_string();
  if (text == nullptr) return "expected: text";
  out = text->get();
  return out.find('\0') == std::string::npos ? "" : "expected: text without NUL";
}

Complaint SetTexts(const toml::node& node, std::vector<std::string>& out) {
  const auto* array = node.as_array();
  if (array == nullptr) return "expected: list of texts";
  out.clear();
  for (const toml::node& item : *array) {
    if (Complaint wrong = SetText(item, out.emplace_back()); !wrong.empty()) return wrong;
  }
  return {};
}

Complaint SetFlag(const toml::node& node, bool& out) {
  const auto* flag = node.as_boolean();
  if (flag == nullptr) return "expected: true or false";
  out = flag->get();
  return {};
}

Complaint SetCount(const toml::node& node, int least, int most, int& out) {
  const auto* number = node.as_integer();
  if (number == nullptr || number->get() < least || number->get() > most) {
    return Concat("expected: ", least, "..", most);
  }
  out = static_cast<int>(number->get());
  return {};
}

Complaint SetSize(const toml::node& node, int64_t& out) {
  constexpr const char* kExpected = "expected: size, such as 1048576 or \"512 MiB\"";
  constexpr int64_t kMost = int64_t{1} << 50;
  if (const auto* number = node.as_integer()) {
    out = number->get();
    return out > 0 && out <= kMost ? "" : kExpected;
  }
  const auto* text = node.as_string();
  if (text == nullptr) return kExpected;
  const std::vector<std::string> words =
      absl::StrSplit(text->get(), absl::ByAnyChar(" "), absl::SkipEmpty());
  static const std::map<std::string, int64_t> kUnits = {
      {"B", 1}, {"KiB", 1 << 10}, {"MiB", 1 << 20}, {"GiB", 1 << 30}};
  int64_t count = 0;
  if (words.size() != 2 || !absl::SimpleAtoi(words[0], &count) || !kUnits.contains(words[1])) {
    return kExpected;
  }
  const int64_t unit = kUnits.at(words[1]);
  if (count <= 0 || count > kMost / unit) return kExpected;
  out = count * unit;
  return {};
}

Complaint SetDuration(const toml::node& node, absl::Duration& out) {
  const auto* text = node.as_string();
  if (text == nullptr || !absl::ParseDuration(text->get(), &out) || out <= absl::ZeroDuration() ||
      out > absl::Hours(24 * 366)) {
    return "expected: duration, such as \"30s\" or \"24h\"";
  }
  return {};
}

Complaint SetDay(const toml::node& node, absl::Time& out) {
  std::string text, error;
  if (Complaint wrong = SetText(node, text); !wrong.empty()) return wrong;
  if (!absl::ParseTime("%Y-%m-%d", text, absl::UTCTimeZone(), &out, &error)) {
    return "expected: a day, \"2018-09-01\"";
  }
  return {};
}

Complaint SetChoice(const toml::node& node, const std::vector<std::string_view>& choices,
                    std::string& out) {
  if (Complaint wrong = SetText(node, out); !wrong.empty()) return wrong;
  if (std::find(choices.begin(), choices.end(), out) != choices.end()) return {};
  std::string wrong = "expected:";
  for (std::string_view choice : choices) AppendTo(wrong, " \"", choice, "\"");
  return wrong;
}

StatusOr<toml::table> ParseToml(std::string_view text, const SettingsOrigin& origin) {
  // Debian's toml++ tells errors by exception.
  try {
    return toml::parse(text, origin.name);
  } catch (const toml::parse_error& error) {
    return ErrorAt(origin, error.description(), "", error.source());
  }
}

Complaint ApplySettings(const toml::table& table, const std::vector<std::string_view>& paths,
                        const std::string& prefix,
                        const std::function<Complaint(size_t, const toml::node&)>& set) {
  // Entries of one section, then of the sections in it; `section` ends with a dot, or is empty.
  const std::function<Complaint(const toml::table&, const std::string&)> walk =
      [&](const toml::table& inside, const std::string& section) -> Complaint {
    for (const auto& [key, node] : inside) {
      const std::string path = Concat(section, std::string(key.str()));
      const auto found = std::find(paths.begin(), paths.end(), path);
      Complaint wrong;
      if (found != paths.end()) {
        wrong = set(static_cast<size_t>(found - paths.begin()), node);
      } else if (!IsSection(path, paths)) {
        wrong = Concat("unknown key; nearest: ", prefix, NearestName(path, paths));
      } else if (const auto* deeper = node.as_table()) {
        wrong = walk(*deeper, Concat(path, "."));
      } else {
        wrong = Concat("expected: [", path, "]");
      }
      if (!wrong.empty()) return At(std::move(wrong), node, Concat(prefix, path));
    }
    return {};
  };
  return walk(table, "");
}

Status ToStatus(const Complaint& complaint, const SettingsOrigin& origin) {
  if (complaint.empty()) return OkStatus();
  static const toml::source_region kNowhere{};
  return ErrorAt(origin, complaint.text, complaint.path,
                 complaint.node == nullptr ? kNowhere : complaint.node->source());
}

std::string_view NearestName(std::string_view name, const std::vector<std::string_view>& known) {
  return *std::min_element(known.begin(), known.end(), [&](std::string_view a, std::string_view b) {
    return EditDistance(name, a) < EditDistance(name, b);
  });
}

}  // namespace sceau
