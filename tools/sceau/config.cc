#include "tools/sceau/config.h"

#include <toml++/toml.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <numeric>
#include <optional>
#include <variant>

#include "base/file.h"
#include "base/strings.h"

namespace sceau::cli {
namespace {

using TextField = std::string Config::*;
using ListField = std::vector<std::string> Config::*;
using SizeField = int64_t Config::*;

struct Key {
  std::string_view name;  // with its table
  std::variant<TextField, ListField, SizeField> field;
  bool path = false;
};

const Key kKeys[] = {
    {"key", &Config::key},
    {"pin_source", &Config::pin_source, true},
    {"profiles", &Config::profiles, true},
    {"trust", &Config::trust, true},
    {"modules", &Config::modules},
    {"signature.role", &Config::role},
    {"signature.city", &Config::city},
    {"signature.postal_code", &Config::postal_code},
    {"signature.country", &Config::country},
    {"signature.profile", &Config::profile},
    {"tls.ca", &Config::tls_ca, true},
    {"tls.certificate", &Config::tls_certificate, true},
    {"tls.key", &Config::tls_key, true},
    {"documents.max_size", &Config::max_size},
};

const Key* FindKey(std::string_view name) {
  for (const Key& key : kKeys) {
    if (key.name == name) return &key;
  }
  return nullptr;
}

bool IsTable(std::string_view name) {
  return std::any_of(std::begin(kKeys), std::end(kKeys), [&](const Key& key) {
    return key.name.size() > name.size() && key.name.substr(0, name.size()) == name &&
           key.name[name.size()] == '.';
  });
}

class Reader {
 public:
  explicit Reader(const std::string& path) : path_(path) {}

  StatusOr<Config> Read(const toml::table& document) {
    for (auto&& [key, node] : document) {
      const std::string name(key.str());
      if (!IsTable(name)) {
        SCEAU_RETURN_IF_ERROR(Set(name, node, key.source()));
        continue;
      }
      if (!node.is_table()) return Invalid(name, "[table]", key.source());
      for (auto&& [inner, value] : *node.as_table()) {
        SCEAU_RETURN_IF_ERROR(Set(Concat(name, ".", inner.str()), value, inner.source()));
      }
    }
    return config_;
  }

  Status Invalid(std::string_view name, std::string_view detail,
                 const toml::source_region& source) const {
    const Place place{source.begin.line, source.begin.column, std::string(name)};
    return Error(Reason::kConfigInvalid, Concat(path_, ": ", detail), place);
  }

 private:
  Status Set(const std::string& name, const toml::node& node, const toml::source_region& source) {
    const Key* key = FindKey(name);
    if (key == nullptr) {
      std::vector<std::string_view> known;
      for (const Key& it : kKeys) known.push_back(it.name);
      return Invalid(name, Concat(name, " -> ", NearestName(name, known), " ?"), source);
    }
    if (const auto* text = std::get_if<TextField>(&key->field)) {
      const std::optional<std::string> value = node.value_exact<std::string>();
      if (!value) return Invalid(name, "\"...\"", source);
      config_.*(*text) = key->path ? Resolve(*value) : *value;
      return OkStatus();
    }
    if (const auto* size = std::get_if<SizeField>(&key->field)) {
      const std::optional<int64_t> value = node.value_exact<int64_t>();
      if (!value || *value <= 0) return Invalid(name, "> 0", source);
      config_.*(*size) = *value;
      return OkStatus();
    }
    return SetList(*key, node, source);
  }

  Status SetList(const Key& key, const toml::node& node, const toml::source_region& source) {
    constexpr std::string_view kExpected = "[\"...\", ...]";
    const toml::array* array = node.as_array();
    if (array == nullptr) return Invalid(key.name, kExpected, source);
    for (const toml::node& element : *array) {
      const std::optional<std::string> value = element.value_exact<std::string>();
      if (!value) return Invalid(key.name, kExpected, source);
      (config_.*std::get<ListField>(key.field)).push_back(key.path ? Resolve(*value) : *value);
    }
    return OkStatus();
  }

  std::string Resolve(const std::string& path) const {
    if (path.empty()) return path;
    return (std::filesystem::path(path_).parent_path() / path).string();
  }

  std::string path_;
  Config config_;
};

std::string Environment(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

std::string DefaultPath() {
  constexpr std::string_view kName = "/sceau/sceau.toml";
  const std::string folder = Environment("XDG_CONFIG_HOME");
  if (!folder.empty()) return Concat(folder, kName);
  const std::string home = Environment("HOME");
  return home.empty() ? "" : Concat(home, "/.config", kName);
}

}  // namespace

StatusOr<Config> LoadConfig(const std::string& named) {
  const std::string wanted = named.empty() ? Environment("SCEAU_CONFIG") : named;
  const std::string path = wanted.empty() ? DefaultPath() : wanted;
  std::error_code ignored;
  if (wanted.empty() && (path.empty() || !std::filesystem::exists(path, ignored))) return Config{};
  const StatusOr<std::string> text = ReadSmallFile(path);
  if (!text.ok()) return Error(Reason::kConfigInvalid, DetailOf(text.status()));
  return ParseConfig(*text, path);
}

StatusOr<Config> ParseConfig(std::string_view text, const std::string& path) {
  Reader reader(path);
  try {
    return reader.Read(toml::parse(text, path));
  } catch (const toml::parse_error& error) {
    return reader.Invalid("", error.description(), error.source());
  }
}

std::string_view NearestName(std::string_view name, const std::vector<std::string_view>& known) {
  const auto distance = [&](std::string_view other) {
    std::vector<size_t> row(other.size() + 1);
    std::iota(row.begin(), row.end(), size_t{0});
    for (size_t i = 1; i <= name.size(); ++i) {
      size_t diagonal = std::exchange(row[0], i);
      for (size_t j = 1; j <= other.size(); ++j) {
        const size_t replaced = diagonal + (name[i - 1] == other[j - 1] ? 0 : 1);
        diagonal = std::exchange(row[j], std::min({row[j] + 1, row[j - 1] + 1, replaced}));
      }
    }
    return row.back();
  };
  return *std::min_element(known.begin(), known.end(), [&](std::string_view a, std::string_view b) {
    return distance(a) < distance(b);
  });
}

}  // namespace sceau::cli
