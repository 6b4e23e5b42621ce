// Schema sets as data: each a folder of XSD files with its manifest, side by side in one folder.
//
// A set is named by its version ("5.17"). Its manifest, set.toml, says which file declares which
// document element and from when to when the receiver takes it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"

namespace sceau::schemas {

inline constexpr std::string_view kManifestName = "set.toml";

// A document element and the XSD file that declares it.
struct SchemaRoot {
  std::string uri;
  std::string local;
  std::string file;  // from the set's folder
};

struct SchemaSet {
  std::string name;
  std::string folder;
  std::string in_force_from;   // "2024-01-31"; empty: not known
  std::string in_force_until;  // the last day; empty: not known, or still in force
  std::vector<SchemaRoot> roots;

  const SchemaRoot* Find(std::string_view uri, std::string_view local) const;
  bool InForceOn(std::string_view day) const {
    return (in_force_from.empty() || day >= in_force_from) &&
           (in_force_until.empty() || day <= in_force_until);
  }
};

// The sets of the folder, newest first: by the day they come into force where both say it, else by
// name ("5.9" before "5.10"). A folder that does not exist holds none.
// Error: kSchemaSetInvalid, naming the manifest.
StatusOr<std::vector<SchemaSet>> LoadSchemaSets(const std::string& folder);

std::string ManifestOf(const SchemaSet& set);

// Whether version `a` comes before `b`: numbers by their value.
bool VersionLess(std::string_view a, std::string_view b);

// "2024-01-31", a day that exists.
bool IsDay(std::string_view text);

// A name that may name a folder: letters, digits, '.', '-', '_'; not beginning with '.'.
bool IsSetName(std::string_view name);

}  // namespace sceau::schemas
