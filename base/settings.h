// Settings read from TOML: a table of keys, each with what takes its value.
//
// A key that is not in the table is refused with the nearest one; a value of another type or range
// is refused with what is expected. toml++'s exceptions go no further than settings.cc.
#pragma once

#include <toml++/toml.h>

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/time/time.h"
#include "absl/types/span.h"
#include "base/status.h"

namespace sceau {

// What is wrong with a value; no text: nothing.
struct Complaint {
  Complaint() = default;
  Complaint(std::string what) : text(std::move(what)) {}  // NOLINT(google-explicit-constructor)
  Complaint(const char* what) : text(what) {}             // NOLINT(google-explicit-constructor)
  Complaint(std::string what, const toml::node* where, std::string key)
      : text(std::move(what)), node(where), path(std::move(key)) {}
  bool empty() const { return text.empty(); }

  std::string text;
  const toml::node* node = nullptr;  // where, when it is inside the value
  std::string path;
};

Complaint SetText(const toml::node& node, std::string& out);  // without NUL
Complaint SetTexts(const toml::node& node, std::vector<std::string>& out);
Complaint SetFlag(const toml::node& node, bool& out);
Complaint SetCount(const toml::node& node, int least, int most, int& out);
// Bytes: 1048576, "512 MiB".
Complaint SetSize(const toml::node& node, int64_t& out);
// "30s", "24h"; more than nothing, at most 366 days.
Complaint SetDuration(const toml::node& node, absl::Duration& out);
// "2018-09-01": its first instant, in UTC.
Complaint SetDay(const toml::node& node, absl::Time& out);
Complaint SetChoice(const toml::node& node, const std::vector<std::string_view>& choices,
                    std::string& out);

// One key and what takes its value.
template <typename Into>
struct Setting {
  std::string_view path;  // with its section: "documents.max_size"
  Complaint (*set)(const toml::node&, Into&);
};

// Where settings come from, and the reason of an error in them.
struct SettingsOrigin {
  std::string name;  // a file, for messages
  Reason reason = Reason::kConfigInvalid;
};

// Error: the origin's reason, with line and column.
StatusOr<toml::table> ParseToml(std::string_view text, const SettingsOrigin& origin);

// Gives every key of the table to `set`, by its index in `paths`.
Complaint ApplySettings(const toml::table& table, const std::vector<std::string_view>& paths,
                        const std::string& prefix,
                        const std::function<Complaint(size_t, const toml::node&)>& set);

// OK when there is nothing to complain of; else the origin's reason, with place and key.
Status ToStatus(const Complaint& complaint, const SettingsOrigin& origin);

template <typename Into>
Complaint Apply(const toml::table& table, absl::Span<const Setting<Into>> settings, Into& into,
                const std::string& prefix = "") {
  std::vector<std::string_view> paths;
  for (const auto& setting : settings) paths.push_back(setting.path);
  return ApplySettings(table, paths, prefix, [&](size_t index, const toml::node& node) {
    return settings[index].set(node, into);
  });
}

// [[name]]: each entry by the same settings, appended.
template <typename Entry>
Complaint ApplyEntries(const toml::node& node, absl::Span<const Setting<Entry>> settings,
                       const std::string& name, std::vector<Entry>& out) {
  out.clear();
  const toml::array* array = node.as_array();
  if (array == nullptr || !array->is_homogeneous(toml::node_type::table)) {
    return "expected: [[" + name + "]]";
  }
  for (const toml::node& entry : *array) {
    Complaint wrong = Apply(*entry.as_table(), settings, out.emplace_back(), name + ".");
    if (!wrong.empty()) return wrong;
  }
  return {};
}

// Reads a whole text into `into`. Error: the origin's reason, see ToStatus.
template <typename Into>
Status ReadSettings(std::string_view text, const SettingsOrigin& origin,
                    absl::Span<const Setting<Into>> settings, Into& into) {
  SCEAU_ASSIGN_OR_RETURN(const toml::table table, ParseToml(text, origin));
  return ToStatus(Apply(table, settings, into), origin);
}

// The known name with the fewest letters to change, add or remove.
std::string_view NearestName(std::string_view name, const std::vector<std::string_view>& known);

}  // namespace sceau
