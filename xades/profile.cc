#include "xades/profile.h"

#include <algorithm>
#include <filesystem>
#include <utility>

#include "base/bytes.h"
#include "base/embedded.h"
#include "base/file.h"
#include "base/settings.h"
#include "base/strings.h"
#include "xades/algorithms.h"

namespace sceau::xades {

// Generated from profiles/*.toml and policies.toml.
absl::Span<const EmbeddedFile> EmbeddedProfiles();
absl::Span<const EmbeddedFile> EmbeddedPolicies();

namespace {

// A profile as its file has it; the algorithms and hashes are still text.
struct Draft {
  Profile profile;
  std::string digest_elements;
  PolicyReference policy;
  std::string policy_digest, policy_hash;
};

Complaint SetSignatureMethods(const toml::node& node, std::vector<std::string>& out) {
  if (Complaint wrong = SetTexts(node, out); !wrong.empty()) return wrong;
  const bool sound = std::all_of(out.begin(), out.end(), [](const std::string& uri) {
    const SignatureMethod* method = FindSignatureMethod(uri);
    return method != nullptr && method->sound;
  });
  return sound && !out.empty() ? "" : "expected: URIs of sound signature methods";
}

Complaint SetCanonicalization(const toml::node& node, std::string& out) {
  if (Complaint wrong = SetText(node, out); !wrong.empty()) return wrong;
  const CanonicalizationMethod* method = FindCanonicalization(out);
  return method != nullptr && !method->with_comments ? "" : "expected: URI without comments";
}

Complaint SetDigest(const toml::node& node, std::string& out) {
  if (Complaint wrong = SetText(node, out); !wrong.empty()) return wrong;
  const DigestMethod* method = FindDigestMethod(out);
  return method != nullptr && method->sound ? "" : "expected: URI of a sound digest";
}

using N = toml::node;
constexpr Setting<Draft> kSettings[] = {
    {"version", [](const N& n, Draft& d) { return SetCount(n, 1, 1, d.profile.version); }},
    {"name", [](const N& n, Draft& d) { return SetText(n, d.profile.name); }},
    {"description", [](const N& n, Draft& d) { return SetText(n, d.profile.description); }},
    {"documents", [](const N& n, Draft& d) { return SetTexts(n, d.profile.documents); }},
    {"dialect.namespace",
     [](const N& n, Draft& d) { return SetText(n, d.profile.xades_namespace); }},
    {"dialect.default_namespace",
     [](const N& n, Draft& d) { return SetFlag(n, d.profile.default_namespace); }},
    {"dialect.digest_elements",
     [](const N& n, Draft& d) {
       return SetChoice(n, {"ds", "xades"}, d.digest_elements);
     }},
    {"dialect.target_with_hash",
     [](const N& n, Draft& d) { return SetFlag(n, d.profile.target_with_hash); }},
    {"dialect.properties_type",
     [](const N& n, Draft& d) { return SetText(n, d.profile.properties_type); }},
    {"dialect.properties_v2",
     [](const N& n, Draft& d) { return SetFlag(n, d.profile.properties_v2); }},
    {"dialect.mime_type", [](const N& n, Draft& d) { return SetText(n, d.profile.mime_type); }},
    {"dialect.whole_document",
     [](const N& n, Draft& d) { return SetFlag(n, d.profile.whole_document); }},
    {"dialect.detached", [](const N& n, Draft& d) { return SetFlag(n, d.profile.detached); }},
    {"dialect.milliseconds",
     [](const N& n, Draft& d) { return SetFlag(n, d.profile.time_with_milliseconds); }},
    {"ids.signature", [](const N& n, Draft& d) { return SetText(n, d.profile.signature_id); }},
    {"ids.signature_value",
     [](const N& n, Draft& d) { return SetText(n, d.profile.signature_value_suffix); }},
    {"ids.key_info", [](const N& n, Draft& d) { return SetText(n, d.profile.key_info_suffix); }},
    {"ids.object", [](const N& n, Draft& d) { return SetText(n, d.profile.object_suffix); }},
    {"ids.signed_properties",
     [](const N& n, Draft& d) { return SetText(n, d.profile.signed_properties_suffix); }},
    {"ids.reference", [](const N& n, Draft& d) { return SetText(n, d.profile.reference_suffix); }},
    {"algorithms.signature",
     [](const N& n, Draft& d) { return SetSignatureMethods(n, d.profile.signature_methods); }},
    {"algorithms.canonicalization",
     [](const N& n, Draft& d) { return SetCanonicalization(n, d.profile.canonicalization); }},
    {"algorithms.digest",
     [](const N& n, Draft& d) { return SetDigest(n, d.profile.digest_method); }},
    {"policy.id", [](const N& n, Draft& d) { return SetText(n, d.policy.id); }},
    {"policy.description", [](const N& n, Draft& d) { return SetText(n, d.policy.description); }},
    {"policy.digest", [](const N& n, Draft& d) { return SetDigest(n, d.policy_digest); }},
    {"policy.hash", [](const N& n, Draft& d) { return SetText(n, d.policy_hash); }},
    {"policy.spuri", [](const N& n, Draft& d) { return SetText(n, d.policy.spuri); }},
    {"demands.role", [](const N& n, Draft& d) { return SetFlag(n, d.profile.needs_role); }},
    {"demands.place", [](const N& n, Draft& d) { return SetFlag(n, d.profile.needs_place); }},
};

// The policy reference, when the profile has one: all of its mandatory keys.
Status TakePolicy(Draft& draft, const SettingsOrigin& origin) {
  const auto wrong = [&](std::string_view key) {
    return Error(origin.reason, Concat(origin.name, ": policy.", key));
  };
  const bool any = !draft.policy.id.empty() || !draft.policy_digest.empty() ||
                   !draft.policy_hash.empty() || !draft.policy.spuri.empty();
  if (!any) return OkStatus();
  if (draft.policy.id.empty()) return wrong("id");
  if (draft.policy.spuri.empty()) return wrong("spuri");
  if (draft.policy_digest.empty()) return wrong("digest");
  draft.policy.digest = FindDigestMethod(draft.policy_digest)->digest;
  const auto hash = FromBase64(draft.policy_hash);
  const auto size = static_cast<size_t>(EVP_MD_get_size(EvpOf(draft.policy.digest)));
  if (!hash || hash->size() != size) return wrong("hash");
  draft.policy.hash = *hash;
  draft.profile.policy = draft.policy;
  return OkStatus();
}

StatusOr<Profile> ReadProfile(std::string_view text, std::string_view name) {
  const SettingsOrigin origin{std::string(name), Reason::kProfileInvalid};
  Draft draft;
  draft.profile.version = 0;
  SCEAU_RETURN_IF_ERROR(ReadSettings<Draft>(text, origin, kSettings, draft));
  Profile& profile = draft.profile;
  profile.cert_digest_in_ds = draft.digest_elements == "ds";
  const std::pair<std::string_view, bool> mandatory[] = {
      {"version", profile.version == 1},
      {"name", !profile.name.empty()},
      {"documents", !profile.documents.empty()},
      {"dialect.namespace", !profile.xades_namespace.empty()},
      {"dialect.digest_elements", !draft.digest_elements.empty()},
      {"ids.signature", !profile.signature_id.empty()},
      {"ids.signed_properties", !profile.signed_properties_suffix.empty()},
      {"ids.reference",
       (profile.mime_type.empty() && !profile.detached) || !profile.reference_suffix.empty()},
      {"algorithms.signature", !profile.signature_methods.empty()},
      {"algorithms.canonicalization", !profile.canonicalization.empty()},
      {"algorithms.digest", !profile.digest_method.empty()},
  };
  for (const auto& [key, given] : mandatory) {
    if (!given) return Error(origin.reason, Concat(name, ": ", key));
  }
  SCEAU_RETURN_IF_ERROR(TakePolicy(draft, origin));
  return std::move(profile);
}

// The file of the policies a verifier knows.
struct HashEntry {
  std::string digest, value;
};
struct PolicyEntry {
  std::string id, name;
  std::vector<HashEntry> hashes;
};
struct PolicyFile {
  int version = 0;
  std::vector<PolicyEntry> policies;
};

constexpr Setting<HashEntry> kHashSettings[] = {
    {"digest", [](const N& n, HashEntry& h) { return SetText(n, h.digest); }},
    {"value", [](const N& n, HashEntry& h) { return SetText(n, h.value); }},
};
constexpr Setting<PolicyEntry> kPolicySettings[] = {
    {"id", [](const N& n, PolicyEntry& p) { return SetText(n, p.id); }},
    {"name", [](const N& n, PolicyEntry& p) { return SetText(n, p.name); }},
    {"hashes",
     [](const N& n, PolicyEntry& p) {
       return ApplyEntries<HashEntry>(n, kHashSettings, "hashes", p.hashes);
     }},
};
constexpr Setting<PolicyFile> kPolicyFileSettings[] = {
    {"version", [](const N& n, PolicyFile& f) { return SetCount(n, 1, 1, f.version); }},
    {"policy",
     [](const N& n, PolicyFile& f) {
       return ApplyEntries<PolicyEntry>(n, kPolicySettings, "policy", f.policies);
     }},
};

std::vector<KnownPolicy> ReadKnownPolicies() {
  std::vector<KnownPolicy> out;
  for (const EmbeddedFile& embedded : EmbeddedPolicies()) {
    PolicyFile file;
    const SettingsOrigin origin{std::string(embedded.name), Reason::kProfileInvalid};
    if (!ReadSettings<PolicyFile>(embedded.text, origin, kPolicyFileSettings, file).ok()) continue;
    for (const PolicyEntry& entry : file.policies) {
      KnownPolicy policy{entry.id, entry.name, {}};
      for (const HashEntry& hash : entry.hashes) {
        const DigestMethod* digest = FindDigestMethod(hash.digest);
        const auto value = FromBase64(hash.value);
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
