#include "server/prepared_work_text.h"

#include <nlohmann/json.hpp>
#include <vector>

#include "base/bytes.h"
#include "base/json.h"

namespace sceau::server {
namespace {

constexpr int kVersion = 1;

std::string TimeText(absl::Time time) {
  return absl::FormatTime(absl::RFC3339_full, time, absl::UTCTimeZone());
}

// Throws what Json throws; WorkFromText catches.
absl::Time TimeFrom(const Json& json) {
  absl::Time time;
  std::string error;
  if (!absl::ParseTime(absl::RFC3339_full, json.get<std::string>(), &time, &error)) {
    throw std::invalid_argument(error);
  }
  return time;
}

std::string BytesFrom(const Json& json) { return FromBase64(json.get<std::string>()).value(); }

Json Base64All(const std::vector<std::string>& all) {
  Json list = Json::array();
  for (const std::string& it : all) list.push_back(ToBase64(it));
  return list;
}

SignOrder OrderFrom(const Json& json) {
  SignOrder order{.profile = json.at("profile"),
                  .selection = {.what = json.at("selection").get<signer::Selection::What>(),
                                .bordereaux = json.at("bordereaux")},
                  // Not in what an earlier version kept.
                  .detached = json.value("detached", false),
                  .name = json.value("name", ""),
                  .role = json.at("role"),
                  .city = json.at("city"),
                  .postal_code = json.at("postalCode"),
                  .country = json.at("country"),
                  .set_dematerialisee = json.at("setDematerialisee")};
  for (const Json& it : json.at("certificates")) order.certificates.push_back(BytesFrom(it));
  return order;
}

}  // namespace

std::string TextOf(const PreparedWork& work, bool over) {
  const SignOrder& order = work.order;
  const Json json = {{"v", kVersion},
                     {"id", work.id},
                     {"caller", work.caller},
                     {"idempotencyKey", work.idempotency_key},
                     {"fingerprint", ToBase64(work.fingerprint)},
                     {"sha256", ToBase64(work.sha256)},
                     {"profile", order.profile},
                     {"selection", order.selection.what},
                     {"bordereaux", order.selection.bordereaux},
                     {"detached", order.detached},
                     {"name", order.name},
                     {"role", order.role},
                     {"city", order.city},
                     {"postalCode", order.postal_code},
                     {"country", order.country},
                     {"setDematerialisee", order.set_dematerialisee},
                     {"certificates", Base64All(order.certificates)},
                     {"signingTime", TimeText(work.signing_time)},
                     {"expires", TimeText(work.expires)},
                     {"toBeSigned", ToBase64(work.to_be_signed)},
                     {"targets", work.targets},
                     {"over", over}};
  return json.dump(1);
}

std::optional<DescribedWork> WorkFromText(std::string_view text) {
  try {
    const Json json = Json::parse(text);
    if (json.at("v") != kVersion) return std::nullopt;
    return DescribedWork{.work = {.id = json.at("id"),
                                  .caller = json.at("caller"),
                                  .idempotency_key = json.at("idempotencyKey"),
                                  .fingerprint = BytesFrom(json.at("fingerprint")),
                                  .sha256 = BytesFrom(json.at("sha256")),
                                  .order = OrderFrom(json),
                                  .signing_time = TimeFrom(json.at("signingTime")),
                                  .expires = TimeFrom(json.at("expires")),
                                  .to_be_signed = BytesFrom(json.at("toBeSigned")),
                                  .targets = json.at("targets")},
                         .over = json.at("over")};
  } catch (const std::exception&) {
    return std::nullopt;
  }
}

}  // namespace sceau::server
