#include "signer/signature_id.h"

#include <algorithm>

#include "absl/strings/str_replace.h"
#include "base/strings.h"

namespace sceau::signer {

std::string TakeSignatureId(const xades::Profile& profile, std::string_view signed_id,
                            absl::Time signing_time, size_t ordinal, xml::IdSet& ids) {
  const std::string time = absl::FormatTime("%y%m%d%H%M%S", signing_time, absl::UTCTimeZone());
  const std::string base =
      absl::StrReplaceAll(profile.signature_id,
                          {{"{id}", Absl(signed_id)}, {"{time}", time}, {"{n}", Concat(ordinal)}});
  const std::string* suffixes[] = {&profile.signature_value_suffix, &profile.key_info_suffix,
                                   &profile.object_suffix, &profile.signed_properties_suffix,
                                   &profile.reference_suffix};
  const auto taken = [&](const std::string& id) {
    return ids.Contains(id) ||
           std::any_of(std::begin(suffixes), std::end(suffixes),
                       [&](const std::string* suffix) { return ids.Contains(id + *suffix); });
  };
  std::string id = base;
  for (int suffix = 2; taken(id); ++suffix) id = Concat(base, "_", suffix);
  ids.Insert(id);
  for (const std::string* suffix : suffixes) ids.Insert(id + *suffix);
  return id;
}

}  // namespace sceau::signer
