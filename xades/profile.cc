#include "xades/profile.h"

#include <algorithm>
#include <filesystem>
#include <set>
#include <sstream>

#include "base/bytes.h"
#include "base/embedded.h"
#include "base/file.h"
#include "base/strings.h"
#include "xades/algorithms.h"

#include <toml++/toml.h>

namespace sceau::xades {

// Generated from profiles/*.toml and policies.toml.
absl::Span<const EmbeddedFile> EmbeddedProfiles();
absl::Span<const EmbeddedFile> EmbeddedPolicies();

namespace {

// Reads the keys of one table; the first fault is kept, a key nobody asked for is a fault.
class TableReader {
 public:
  TableReader(const toml::table& table, std::string_view path, std::string_view origin)
      : table_(table), path_(path), origin_(origin) {}

  std::string String(std::string_view key, bool required = true) {
    return Read<std::string>(key, required).value_or("");
  }
  bool Bool(std::string_view key, bool fallback) {
    return Read<bool>(key, false).value_or(fallback);
  }
  int64_t Integer(std::string_view key) { return Read<int64_t>(key, true).value_or(0); }
  std::vector<std::string> Strings(std::string_view key) {
    asked_.insert(std::string(key));
    std::vector<std::string> out;
    if (const toml::array* values = table_[key].as_array()) {
      for (const auto& value : *values) out.push_back(value.value_or(std::string()));
    }
    if (out.empty()) Fault(key);
    return out;
  }
  const toml::table* Table(std::string_view key) {
    asked_.insert(std::string(key));
    return table_[key].as_table();
  }
  void Fault(std::string_view key) {
    if (status_.ok()) status_ = Error(Reason::kProfileInvalid, Concat(origin_, ": ", path_, key));
  }
  Status Finish() {
    for (const auto& [key, value] : table_) {
      if (!asked_.contains(std::string(key.str()))) Fault(key.str());
    }
    return status_;
  }

 private:
  template <typename T>
  std::optional<T> Read(std::string_view key, bool required) {
    asked_.insert(std::string(key));
    const auto node = table_[key];
    if (!node) {
      if (required) Fault(key);
      return std::nullopt;
    }
    // Exact type only: a profile never means something by accident.
    auto value = node.value_exact<T>();
    if (!value) Fault(key);
    return value;
  }

  const toml::table& table_;
  std::string path_;
  std::string origin_;
  std::set<std::string> asked_;
  Status status_;
};

const toml::table& Empty() {
  static const toml::table kEmpty;
  return kEmpty;
}

Status ReadPolicy(const toml::table& table, std::string_view origin, Profile& profile) {
  TableReader reader(table, "policy.", origin);
  PolicyReference policy;
  policy.id = reader.String("id");
  policy.description = reader.String("description", false);
  policy.spuri = reader.String("spuri");
  const DigestMethod* digest = FindDigestMethod(reader.String("digest"));
  const auto hash = FromBase64(reader.String("hash"));
  if (digest == nullptr) reader.Fault("digest");
  if (!hash || digest == nullptr ||
      hash->size() != static_cast<size_t>(EVP_MD_get_size(EvpOf(digest->digest)))) {
    reader.Fault("hash");
  } else {
    policy.digest = digest->digest;
    policy.hash = *hash;
  }
  profile.policy = policy;
  return reader.Finish();
}

Status ReadDialect(const toml::table& table, std::string_view origin, Profile& profile) {
  TableReader reader(table, "dialect.", origin);
  profile.xades_namespace = reader.String("namespace");
  profile.default_namespace = reader.Bool("default_namespace", false);
  const std::string digests = reader.String("digest_elements");
  if (digests != "ds" && digests != "xades") reader.Fault("digest_elements");
  profile.cert_digest_in_ds = digests == "ds";
  profile.target_with_hash = reader.Bool("target_with_hash", true);
  profile.properties_type = reader.String("properties_type", false);
  profile.time_with_milliseconds = reader.Bool("milliseconds", false);
  return reader.Finish();
}

Status ReadIds(const toml::table& table, std::string_view origin, Profile& profile) {
  TableReader reader(table, "ids.", origin);
  profile.signature_id = reader.String("signature");
  profile.signature_value_suffix = reader.String("signature_value", false);
  profile.key_info_suffix = reader.String("key_info", false);
  profile.object_suffix = reader.String("object", false);
  profile.signed_properties_suffix = reader.String("signed_properties");
  return reader.Finish();
}

Status ReadAlgorithms(const toml::table& table, std::string_view origin, Profile& profile) {
  TableReader reader(table, "algorithms.", origin);
  profile.signature_methods = reader.Strings("signature");
  for (const std::string& uri : profile.signature_methods) {
    const SignatureMethod* method = FindSignatureMethod(uri);
    if (method == nullptr || !method->sound) reader.Fault("signature");
  }
  profile.canonicalization = reader.String("canonicalization");
  const auto* canonicalization = FindCanonicalization(profile.canonicalization);
  if (canonicalization == nullptr || canonicalization->with_comments) {
    reader.Fault("canonicalization");
  }
  profile.digest_method = reader.String("digest");
  const DigestMethod* digest = FindDigestMethod(profile.digest_method);
  if (digest == nullptr || !digest->sound) reader.Fault("digest");
  return reader.Finish();
}

// Debian's toml++ throws; nothing of it leaves this function.
StatusOr<toml::table> ParseToml(std::string_view text, std::string_view origin) {
  try {
    return toml::parse(text, origin);
  } catch (const toml::parse_error& error) {
    return Error(Reason::kProfileInvalid, Concat(origin, ": ", error.description()),
                 {static_cast<int64_t>(error.source().begin.line),
                  static_cast<int64_t>(error.source().begin.column), ""});
  }
}

StatusOr<Profile> ReadProfile(std::string_view text, std::string_view origin) {
  SCEAU_ASSIGN_OR_RETURN(const toml::table document, ParseToml(text, origin));
  TableReader reader(document, "", origin);
  Profile profile;
  profile.version = static_cast<int>(reader.Integer("version"));
  if (profile.version != 1) reader.Fault("version");
  profile.name = reader.String("name");
  profile.description = reader.String("description", false);
  profile.documents = reader.Strings("documents");
  const auto part = [&](std::string_view key) -> const toml::table& {
    const toml::table* table = reader.Table(key);
    return table == nullptr ? Empty() : *table;
  };
  SCEAU_RETURN_IF_ERROR(ReadDialect(part("dialect"), origin, profile));
  SCEAU_RETURN_IF_ERROR(ReadIds(part("ids"), origin, profile));
  SCEAU_RETURN_IF_ERROR(ReadAlgorithms(part("algorithms"), origin, profile));
  if (const toml::table* policy = reader.Table("policy")) {
    SCEAU_RETURN_IF_ERROR(ReadPolicy(*policy, origin, profile));
  }
  TableReader demands(part("demands"), "demands.", origin);
  profile.needs_role = demands.Bool("role", true);
  profile.needs_place = demands.Bool("place", true);
  SCEAU_RETURN_IF_ERROR(demands.Finish());
  SCEAU_RETURN_IF_ERROR(reader.Finish());
  return profile;
}

std::vector<KnownPolicy> ReadKnownPolicies() {
  std::vector<KnownPolicy> out;
  for (const EmbeddedFile& file : EmbeddedPolicies()) {
    const auto document = ParseToml(file.text, file.name);
    if (!document.ok()) continue;
    for (const auto& entry : *(*document)["policy"].as_array()) {
      const toml::table& table = *entry.as_table();
      KnownPolicy policy{
          table["id"].value_or(std::string()), table["name"].value_or(std::string()), {}};
      for (const auto& hash : *table["hashes"].as_array()) {
        const toml::table& fields = *hash.as_table();
        const DigestMethod* digest = FindDigestMethod(fields["digest"].value_or(std::string()));
        const auto value = FromBase64(fields["value"].value_or(std::string()));
        if (digest != nullptr && value) policy.hashes.push_back({digest->digest, *value});
      }
      out.push_back(std::move(policy));
    }
  }
  return out;
}

}  // namespace

StatusOr<ProfileSet> ProfileSet::BuiltIn() {
  ProfileSet set;
  for (const EmbeddedFile& file : EmbeddedProfiles()) {
    SCEAU_RETURN_IF_ERROR(set.Add(file.text, file.name));
  }
  return set;
}

Status ProfileSet::Add(std::string_view text, std::string_view origin) {
  SCEAU_ASSIGN_OR_RETURN(Profile profile, ReadProfile(text, origin));
  if (Find(profile.name).ok()) {
    return Error(Reason::kProfileInvalid, Concat(origin, ": name: ", profile.name));
  }
  profiles_.push_back(std::make_shared<const Profile>(std::move(profile)));
  return OkStatus();
}

Status ProfileSet::AddFolder(const std::string& folder) {
  std::error_code error;
  std::vector<std::string> files;
  for (const auto& entry : std::filesystem::directory_iterator(folder, error)) {
    if (entry.path().extension() == ".toml") files.push_back(entry.path().string());
  }
  if (error) return Error(Reason::kProfileInvalid, Concat(folder, ": ", error.message()));
  std::sort(files.begin(), files.end());
  for (const std::string& file : files) {
    SCEAU_ASSIGN_OR_RETURN(const std::string text, ReadSmallFile(file));
    SCEAU_RETURN_IF_ERROR(Add(text, file));
  }
  return OkStatus();
}

StatusOr<std::shared_ptr<const Profile>> ProfileSet::Find(std::string_view name) const {
  for (const auto& profile : profiles_) {
    if (profile->name == name) return profile;
  }
  std::string known;
  for (const auto& profile : profiles_) AppendTo(known, " ", profile->name);
  return Error(Reason::kProfileUnknown, Concat(name, " :", known));
}

std::vector<std::string> ProfileSet::Names() const {
  std::vector<std::string> names;
  for (const auto& profile : profiles_) names.push_back(profile->name);
  return names;
}

const std::vector<KnownPolicy>& KnownPolicies() {
  static const std::vector<KnownPolicy> kPolicies = ReadKnownPolicies();
  return kPolicies;
}

const KnownPolicy* FindPolicy(std::string_view id) {
  for (const KnownPolicy& policy : KnownPolicies()) {
    if (policy.id == id) return &policy;
  }
  return nullptr;
}

}  // namespace sceau::xades
