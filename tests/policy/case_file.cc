#include "tests/policy/case_file.h"

#include <toml++/toml.h>

#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <sstream>
#include <stdexcept>

#include "base/strings.h"
#include "policy/instant.h"
#include "policy/record_json.h"

namespace sceau::policy {
namespace {

Json Load(const std::string& path) {
  std::ostringstream text;
  text << toml::json_formatter(toml::parse_file(path));
  return Json::parse(text.str());
}

template <typename T>
T OrThrow(StatusOr<T> value, const std::string& where) {
  if (!value.ok()) throw std::runtime_error(Concat(where, ": ", DetailOf(value.status())));
  return *std::move(value);
}

std::string TextOf(const Json& json, const std::string& key, const std::string& otherwise = "") {
  return json.value(key, otherwise);
}

std::vector<std::string> TextsOf(const Json& json, const std::string& key) {
  return json.value(key, std::vector<std::string>());
}

Signer SignerOf(const Json& json) { return {json.at("issuer"), json.at("serial"), json.at("key")}; }

BordereauFacts BordereauOf(const Json& json) {
  BordereauFacts out;
  out.name = json.at("name");
  out.matter = json.at("matter") == "recette" ? kRecette : kDepense;
  out.type = TextOf(json, "type", "01");
  if (json.contains("amount")) out.amount = json["amount"].get<int64_t>();
  if (json.contains("largest")) out.largest_piece = json["largest"].get<int64_t>();
  out.pieces_justificatives = TextsOf(json, "pieces");
  return out;
}

Justification JustificationOf(const Json& json, const Json& signers, const absl::TimeZone& zone) {
  using By = Justification::By;
  Justification out;
  out.piece = json.at("piece");
  const std::string by = json.at("by");
  out.by = by == "signature"  ? By::kSignedPiece
           : by == "decision" ? By::kDecision
                              : By::kSentEarlier;
  out.carrier = TextOf(json, "carrier");
  out.sent_in = TextOf(json, "sent_in");
  out.transmitted = json.value("transmitted", false);
  out.received = TextOf(json, "received");
  if (json.contains("sent_at")) {
    out.sent_at =
        OrThrow(ReadInstant(json["sent_at"].get<std::string>(), Bound::kFrom, zone), "sent_at");
  }
  if (json.contains("name")) out.earlier = PieceFacts{out.carrier, json["name"], "", {}};
  if (json.contains("signer")) out.signer = SignerOf(signers.at(json["signer"].get<std::string>()));
  return out;
}

DocumentFacts DocumentOf(const Json& json, const Json& signers, const absl::TimeZone& zone) {
  DocumentFacts out;
  out.matter = TextOf(json, "matter");
  out.siret = json.at("siret");
  out.id_post = TextOf(json, "id_post", "044001");
  out.cod_col = TextOf(json, "cod_col", "001");
  out.cod_bud = TextOf(json, "cod_bud", "00");
  out.acts = TextsOf(json, "acts");
  if (TextOf(json, "destination") == "prefecture") out.destination = Destination::kPrefecture;
  for (const Json& each : json.value("bordereaux", Json::array())) {
    out.bordereaux.push_back(BordereauOf(each));
  }
  for (const Json& each : json.value("pieces", Json::array())) {
    out.pieces.push_back(
        {each.at("id"), each.at("name"), TextOf(each, "type"), TextsOf(each, "domains")});
  }
  for (const Json& each : json.value("justifications", Json::array())) {
    out.justifications.push_back(JustificationOf(each, signers, zone));
  }
  return out;
}

class World {
 public:
  explicit World(const std::string& path) : json_(Load(path)) {}

  Case Make(const Json& json) const {
    Case out;
    out.name = json.at("name");
    const std::string zone_name = TextOf(json, "zone", "Europe/Paris");
    const auto zone = OrThrow(LoadZone(zone_name), out.name);
    const auto instant = [&](const std::string& text) {
      return OrThrow(ReadInstant(text, Bound::kFrom, zone), out.name);
    };
    out.facts = OrThrow(Register::Make(Records(json, zone, out.name)), out.name);
    const Json& signers = json_.at("signer");
    out.signer = SignerOf(signers.at(json.at("signer").get<std::string>()));
    Json document = json_.at("document").at(TextOf(json, "document", "mandats"));
    document.update(json.value("with", Json::object()));
    out.document = DocumentOf(document, signers, zone);
    const std::string sign = TextOf(json, "sign", "B1");
    out.element.bordereau = sign == "whole" ? "" : sign;
    out.at = instant(json.at("at"));
    out.known_at = json.contains("known_at") ? instant(json["known_at"]) : out.at;
    out.answer = json.at("expect");
    out.role = TextOf(json, "role");
    out.reasons = TextsOf(json, "reasons");
    return out;
  }

 private:
  std::vector<Record> Records(const Json& json, const absl::TimeZone& zone,
                              const std::string& name) const {
    std::vector<Record> records;
    const auto add = [&](Json record, const std::optional<absl::TimeZone>& in) {
      if (!record.contains("recorded_at")) record["recorded_at"] = "2020-01-01T00:00:00Z";
      records.push_back(OrThrow(ReadRecord(record, in), Concat(name, "/", record.dump())));
    };
    const auto removed = TextsOf(json, "without");
    for (Json record : json_.at("record")) {
      const std::string id = record.at("id");
      if (std::find(removed.begin(), removed.end(), id) != removed.end()) continue;
      if (json.contains(id)) record.update(json[id]);
      add(record, json.contains(id) ? zone : OrThrow(LoadZone("Europe/Paris"), name));
    }
    for (const Json& record : json.value("facts", Json::array())) add(record, zone);
    return records;
  }

  Json json_;
};

}  // namespace

std::vector<Case> ReadCases(const std::string& folder) {
  const World world(folder + "/facts.toml");
  std::vector<std::string> files;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    if (entry.path().filename() != "facts.toml") files.push_back(entry.path().string());
  }
  std::sort(files.begin(), files.end());
  std::vector<Case> cases;
  for (const std::string& file : files) {
    const Json json = Load(file);
    for (const Json& each : json.at("case")) cases.push_back(world.Make(each));
  }
  return cases;
}

std::vector<std::string> ReasonsOf(const Decision& decision) {
  std::vector<std::string> out;
  for (const Finding& finding : decision.findings) {
    const auto dash = [](const std::string& text) { return text.empty() ? "-" : text; };
    out.push_back(Concat(NameOf(finding.code), " ", dash(finding.element), " ", dash(finding.act)));
  }
  return out;
}

}  // namespace sceau::policy
