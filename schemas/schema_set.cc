#include "schemas/schema_set.h"

#include <algorithm>
#include <filesystem>

#include "absl/strings/ascii.h"
#include "absl/time/civil_time.h"
#include "base/file.h"
#include "base/settings.h"
#include "base/strings.h"

namespace sceau::schemas {
namespace {

namespace fs = std::filesystem;

Complaint SetDay(const toml::node& node, std::string& out) {
  Complaint wrong = SetText(node, out);
  if (!wrong.empty()) return wrong;
  return out.empty() || IsDay(out) ? Complaint() : Complaint("expected: \"2024-01-31\"");
}

constexpr Setting<SchemaRoot> kRootSettings[] = {
    {"namespace", [](const toml::node& n, SchemaRoot& r) { return SetText(n, r.uri); }},
    {"element", [](const toml::node& n, SchemaRoot& r) { return SetText(n, r.local); }},
    {"file", [](const toml::node& n, SchemaRoot& r) { return SetText(n, r.file); }},
};

constexpr Setting<SchemaSet> kSetSettings[] = {
    {"name", [](const toml::node& n, SchemaSet& s) { return SetText(n, s.name); }},
    {"in_force_from", [](const toml::node& n, SchemaSet& s) { return SetDay(n, s.in_force_from); }},
    {"in_force_until",
     [](const toml::node& n, SchemaSet& s) { return SetDay(n, s.in_force_until); }},
    {"root",
     [](const toml::node& n, SchemaSet& s) {
       return ApplyEntries<SchemaRoot>(n, kRootSettings, "root", s.roots);
     }},
};

bool Newer(const SchemaSet& a, const SchemaSet& b) {
  if (!a.in_force_from.empty() && !b.in_force_from.empty() && a.in_force_from != b.in_force_from) {
    return a.in_force_from > b.in_force_from;
  }
  return VersionLess(b.name, a.name);
}

// A TOML basic string.
std::string Quoted(std::string_view text) {
  std::string out = "\"";
  for (char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out + "\"";
}

StatusOr<SchemaSet> LoadSet(const fs::path& folder) {
  const std::string manifest = (folder / kManifestName).string();
  SCEAU_ASSIGN_OR_RETURN(const std::string text, ReadSmallFile(manifest));
  SchemaSet set;
  SCEAU_RETURN_IF_ERROR(ReadSettings<SchemaSet>(
      text, {.name = manifest, .reason = Reason::kSchemaSetInvalid}, kSetSettings, set));
  if (!IsSetName(set.name)) return Error(Reason::kSchemaSetInvalid, Concat(manifest, ": name"));
  set.folder = folder.string();
  return set;
}

}  // namespace

const SchemaRoot* SchemaSet::Find(std::string_view uri, std::string_view local) const {
  for (const SchemaRoot& root : roots) {
    if (root.uri == uri && root.local == local) return &root;
  }
  return nullptr;
}

StatusOr<std::vector<SchemaSet>> LoadSchemaSets(const std::string& folder) {
  std::vector<SchemaSet> sets;
  std::error_code error;
  for (const fs::directory_entry& entry : fs::directory_iterator(folder, error)) {
    // A name that begins with a dot: an import that is not finished.
    if (entry.path().filename().string().starts_with('.')) continue;
    if (!fs::exists(entry.path() / kManifestName)) continue;
    SCEAU_ASSIGN_OR_RETURN(SchemaSet set, LoadSet(entry.path()));
    sets.push_back(std::move(set));
  }
  std::sort(sets.begin(), sets.end(), Newer);
  return sets;
}

std::string ManifestOf(const SchemaSet& set) {
  std::string out = Concat("name = ", Quoted(set.name), "\n");
  if (!set.in_force_from.empty()) {
    AppendTo(out, "in_force_from = ", Quoted(set.in_force_from), "\n");
  }
  if (!set.in_force_until.empty()) {
    AppendTo(out, "in_force_until = ", Quoted(set.in_force_until), "\n");
  }
  for (const SchemaRoot& root : set.roots) {
    AppendTo(out, "\n[[root]]\nnamespace = ", Quoted(root.uri), "\nelement = ", Quoted(root.local),
             "\nfile = ", Quoted(root.file), "\n");
  }
  return out;
}

bool VersionLess(std::string_view a, std::string_view b) {
  const auto digit = [](std::string_view text) { return !text.empty() && absl::ascii_isdigit(static_cast<unsigned char>(text[0])); };
  const auto number = [&](std::string_view& text) {
    size_t end = 0;
    while (digit(text.substr(end))) ++end;
    std::string_view taken = text.substr(0, end);
    text.remove_prefix(end);
    while (taken.size() > 1 && taken[0] == '0') taken.remove_prefix(1);
    return taken;
  };
  while (!a.empty() && !b.empty()) {
    if (digit(a) && digit(b)) {
      const std::string_view x = number(a);
      const std::string_view y = number(b);
      if (x.size() != y.size()) return x.size() < y.size();
      if (x != y) return x < y;
      continue;
    }
    if (a[0] != b[0]) return a[0] < b[0];
    a.remove_prefix(1);
    b.remove_prefix(1);
  }
  return a.empty() && !b.empty();
}

bool IsDay(std::string_view text) {
  absl::CivilDay day;
  return text.size() == 10 && absl::ParseCivilTime(Absl(text), &day);
}

bool IsSetName(std::string_view name) {
  return !name.empty() && name.size() <= 64 && name[0] != '.' &&
         std::all_of(name.begin(), name.end(), [](unsigned char c) {
           return absl::ascii_isalnum(c) || c == '.' || c == '-' || c == '_';
         });
}

}  // namespace sceau::schemas
