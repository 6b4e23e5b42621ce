#include "server/config.h"

#include <toml++/toml.h>

#include <algorithm>
#include <limits>
#include <map>
#include <optional>
#include <set>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_split.h"
#include "absl/types/span.h"
#include "base/embedded.h"
#include "base/file.h"
#include "base/strings.h"
#include "server/listen_address.h"

namespace sceau::server {

absl::Span<const EmbeddedFile> DefaultConfigFiles();

namespace {

// What is wrong with a value; empty: nothing.
using Complaint = std::string;

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
  return "";
}

Complaint SetCount(const toml::node& node, int least, int most, int& out) {
  const auto* number = node.as_integer();
  if (number == nullptr || number->get() < least || number->get() > most) {
    return Concat("expected: ", least, "..", most);
  }
  out = static_cast<int>(number->get());
  return "";
}

// Bytes: 1048576, "512 MiB".
Complaint SetSize(const toml::node& node, int64_t& out) {
  constexpr std::string_view kExpected = "expected: size, such as 1048576 or \"512 MiB\"";
  constexpr int64_t kMost = int64_t{1} << 50;
  if (const auto* number = node.as_integer()) {
    out = number->get();
    return out > 0 && out <= kMost ? "" : std::string(kExpected);
  }
  const auto* text = node.as_string();
  if (text == nullptr) return std::string(kExpected);
  const std::vector<std::string> words =
      absl::StrSplit(text->get(), absl::ByAnyChar(" "), absl::SkipEmpty());
  static const std::map<std::string, int64_t> kUnits = {
      {"B", 1}, {"KiB", 1 << 10}, {"MiB", 1 << 20}, {"GiB", 1 << 30}};
  int64_t count = 0;
  if (words.size() != 2 || !absl::SimpleAtoi(words[0], &count) || !kUnits.contains(words[1])) {
    return std::string(kExpected);
  }
  const int64_t unit = kUnits.at(words[1]);
  if (count <= 0 || count > kMost / unit) return std::string(kExpected);
  out = count * unit;
  return "";
}

Complaint SetDuration(const toml::node& node, absl::Duration& out) {
  const auto* text = node.as_string();
  if (text == nullptr || !absl::ParseDuration(text->get(), &out) || out <= absl::ZeroDuration() ||
      out > absl::Hours(24 * 366)) {
    return "expected: duration, such as \"30s\" or \"24h\"";
  }
  return "";
}

Complaint SetChoice(const toml::node& node, const std::vector<std::string_view>& choices,
                    std::string& out) {
  if (Complaint wrong = SetText(node, out); !wrong.empty()) return wrong;
  if (std::find(choices.begin(), choices.end(), out) != choices.end()) return "";
  std::string wrong = "expected:";
  for (std::string_view choice : choices) AppendTo(wrong, " \"", choice, "\"");
  return wrong;
}

Complaint SetListen(const toml::node& node, std::string& out) {
  if (Complaint wrong = SetText(node, out); !wrong.empty()) return wrong;
  return IsLoopbackAddress(out) ? ""
                                : "expected: loopback address with port, such as 127.0.0.1:50051";
}

Complaint SetKeyName(const toml::node& node, std::string& out) {
  if (Complaint wrong = SetText(node, out); !wrong.empty()) return wrong;
  const bool good =
      !out.empty() && out.size() <= 64 && std::all_of(out.begin(), out.end(), [](unsigned char c) {
        return absl::ascii_isalnum(c) || c == '.' || c == '_' || c == '-';
      });
  return good ? "" : "expected: 1 to 64 of letters, digits, '.', '_', '-'";
}

Complaint SetKeyUri(const toml::node& node, std::string& out) {
  if (Complaint wrong = SetText(node, out); !wrong.empty()) return wrong;
  if (!absl::StartsWith(out, "pkcs11:")) return "expected: pkcs11: URI";
  // The value itself is not repeated: it may hold the PIN.
  if (absl::StrContains(out, "pin-value")) return "a PIN in the configuration is refused";
  return "";
}

// One key of the file and what takes its value.
template <typename Into>
struct KeySpec {
  std::string_view path;
  Complaint (*set)(const toml::node&, Into&);
};

constexpr KeySpec<ConfiguredKey> kKeyEntry[] = {
    {"name", [](const toml::node& n, ConfiguredKey& k) { return SetKeyName(n, k.name); }},
    {"uri", [](const toml::node& n, ConfiguredKey& k) { return SetKeyUri(n, k.uri); }},
    {"pin_source", [](const toml::node& n, ConfiguredKey& k) { return SetText(n, k.pin_source); }},
};

constexpr KeySpec<Config> kKeys[] = {
    {"listen", [](const toml::node& n, Config& c) { return SetListen(n, c.listen); }},
    {"work_folder", [](const toml::node& n, Config& c) { return SetText(n, c.work_folder); }},
    {"competence",
     [](const toml::node& n, Config& c) { return SetChoice(n, {"not-enforced"}, c.competence); }},
    {"documents.max_size",
     [](const toml::node& n, Config& c) { return SetSize(n, c.max_document_size); }},
    {"limits.max_requests",
     [](const toml::node& n, Config& c) { return SetCount(n, 1, 100000, c.max_requests); }},
    {"limits.workers",
     [](const toml::node& n, Config& c) { return SetCount(n, 0, 1024, c.workers); }},
    {"limits.idle_timeout",
     [](const toml::node& n, Config& c) { return SetDuration(n, c.idle_timeout); }},
    {"limits.sign_timeout",
     [](const toml::node& n, Config& c) { return SetDuration(n, c.sign_timeout); }},
    {"limits.drain_timeout",
     [](const toml::node& n, Config& c) { return SetDuration(n, c.drain_timeout); }},
    {"limits.parallel_signatures",
     [](const toml::node& n, Config& c) { return SetCount(n, 1, 1024, c.parallel_signatures); }},
    {"idempotency.max_entries",
     [](const toml::node& n, Config& c) {
       return SetCount(n, 1, 10000000, c.idempotency_entries);
     }},
    {"idempotency.max_bytes",
     [](const toml::node& n, Config& c) { return SetSize(n, c.idempotency_bytes); }},
    {"idempotency.expiry",
     [](const toml::node& n, Config& c) { return SetDuration(n, c.idempotency_expiry); }},
    {"tokens.modules", [](const toml::node& n, Config& c) { return SetTexts(n, c.modules); }},
    {"tokens.max_sessions",
     [](const toml::node& n, Config& c) { return SetCount(n, 1, 1024, c.max_sessions); }},
    {"signature.profile", [](const toml::node& n, Config& c) { return SetText(n, c.profile); }},
    {"signature.role", [](const toml::node& n, Config& c) { return SetText(n, c.role); }},
    {"signature.city", [](const toml::node& n, Config& c) { return SetText(n, c.city); }},
    {"signature.postal_code",
     [](const toml::node& n, Config& c) { return SetText(n, c.postal_code); }},
    {"signature.country", [](const toml::node& n, Config& c) { return SetText(n, c.country); }},
    {"profiles.folder",
     [](const toml::node& n, Config& c) { return SetText(n, c.profiles_folder); }},
    {"trust.anchors", [](const toml::node& n, Config& c) { return SetTexts(n, c.anchors); }},
    {"log.level",
     [](const toml::node& n, Config& c) {
       return SetChoice(n, {"debug", "info", "warning", "error"}, c.log_level);
     }},
};

// Letters to change, add or remove to get from one name to the other (Levenshtein).
size_t EditDistance(std::string_view a, std::string_view b) {
  std::vector<size_t> row(b.size() + 1);
  for (size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (size_t i = 1; i <= a.size(); ++i) {
    size_t diagonal = row[0];
    row[0] = i;
    for (size_t j = 1; j <= b.size(); ++j) {
      const size_t above = row[j];
      row[j] = std::min({above + 1, row[j - 1] + 1, diagonal + (a[i - 1] == b[j - 1] ? 0 : 1)});
      diagonal = above;
    }
  }
  return row[b.size()];
}

template <typename Into>
std::string_view Nearest(std::string_view path, absl::Span<const KeySpec<Into>> specs,
                         std::string_view also = "") {
  std::string_view best = also;
  size_t distance = also.empty() ? std::numeric_limits<size_t>::max() : EditDistance(path, also);
  for (const auto& spec : specs) {
    const size_t d = EditDistance(path, spec.path);
    if (d < distance) {
      distance = d;
      best = spec.path;
    }
  }
  return best;
}

class Reader {
 public:
  Reader(std::string_view origin, Config& config) : origin_(origin), config_(config) {}

  Status ReadTable(const toml::table& table, const std::string& prefix) {
    for (const auto& [key, node] : table) {
      const std::string path = Concat(prefix, std::string(key.str()));
      if (path == "keys") {
        SCEAU_RETURN_IF_ERROR(ReadKeys(node));
        continue;
      }
      if (const auto* inner = node.as_table(); inner != nullptr && IsSection(path)) {
        SCEAU_RETURN_IF_ERROR(ReadTable(*inner, Concat(path, ".")));
        continue;
      }
      SCEAU_RETURN_IF_ERROR(Apply<Config>(kKeys, path, "", node, config_, "keys"));
    }
    return OkStatus();
  }

 private:
  Status Wrong(const toml::node& node, std::string_view path, std::string_view complaint) const {
    const auto& begin = node.source().begin;
    return Error(Reason::kConfigInvalid, Concat(origin_, ": ", path, ": ", complaint),
                 {.line = static_cast<int64_t>(begin.line),
                  .column = static_cast<int64_t>(begin.column),
                  .element = std::string(path)});
  }

  static bool IsSection(std::string_view path) {
    const std::string prefix = Concat(path, ".");
    return std::any_of(std::begin(kKeys), std::end(kKeys), [&](const KeySpec<Config>& spec) {
      return absl::StartsWith(Absl(spec.path), prefix);
    });
  }

  template <typename Into>
  Status Apply(absl::Span<const KeySpec<Into>> specs, std::string_view path,
               std::string_view shown_prefix, const toml::node& node, Into& into,
               std::string_view also = "") const {
    const std::string shown = Concat(shown_prefix, path);
    for (const auto& spec : specs) {
      if (spec.path != path) continue;
      const Complaint wrong = spec.set(node, into);
      return wrong.empty() ? OkStatus() : Wrong(node, shown, wrong);
    }
    return Wrong(node, shown,
                 Concat("unknown key; nearest: ", shown_prefix, Nearest(path, specs, also)));
  }

  Status ReadKeys(const toml::node& node) {
    const auto* array = node.as_array();
    if (array == nullptr) return Wrong(node, "keys", "expected: [[keys]]");
    config_.keys.clear();
    std::set<std::string> names;
    for (const toml::node& entry : *array) {
      const auto* table = entry.as_table();
      if (table == nullptr) return Wrong(entry, "keys", "expected: [[keys]]");
      ConfiguredKey& key = config_.keys.emplace_back();
      for (const auto& [name, value] : *table) {
        SCEAU_RETURN_IF_ERROR(
            Apply<ConfiguredKey>(kKeyEntry, std::string(name.str()), "keys.", value, key));
      }
      if (key.name.empty()) return Wrong(entry, "keys.name", "missing");
      if (key.uri.empty()) return Wrong(entry, "keys.uri", "missing");
      if (!names.insert(key.name).second) return Wrong(entry, "keys.name", "given twice");
    }
    return OkStatus();
  }

  std::string_view origin_;
  Config& config_;
};

Status Overlay(std::string_view text, std::string_view origin, Config& config) {
  // Debian's toml++ tells errors by exception; it goes no further than here.
  try {
    return Reader(origin, config).ReadTable(toml::parse(text), "");
  } catch (const toml::parse_error& error) {
    const auto& begin = error.source().begin;
    return Error(
        Reason::kConfigInvalid, Concat(origin, ": ", std::string(error.description())),
        {.line = static_cast<int64_t>(begin.line), .column = static_cast<int64_t>(begin.column)});
  }
}

}  // namespace

std::string_view DefaultConfigText() { return DefaultConfigFiles()[0].text; }

StatusOr<Config> ParseConfig(std::string_view text, std::string_view origin) {
  Config config;
  SCEAU_RETURN_IF_ERROR(Overlay(DefaultConfigText(), "sceaud.toml", config));
  SCEAU_RETURN_IF_ERROR(Overlay(text, origin, config));
  return config;
}

StatusOr<Config> LoadConfig(const std::string& path) {
  if (path.empty()) return ParseConfig("", "");
  auto text = ReadSmallFile(path, 1 << 20);
  if (!text.ok()) return Error(Reason::kConfigInvalid, DetailOf(text.status()));
  return ParseConfig(*text, path);
}

}  // namespace sceau::server
