#include "schemas/acte_json.h"

#include <nlohmann/json.hpp>

namespace sceau::schemas {

Json ActeJson(const ActeFacts& facts) {
  Json files = Json::array();
  for (const ActeFile& it : facts.files) {
    files.push_back({{"element", it.element},
                     {"name", NullIfEmpty(it.name)},
                     {"signed", it.has_signature},
                     {"line", NullIfUnknown(it.place.line)}});
  }
  Json out = {{"message", facts.message},
              {"number", NullIfEmpty(facts.number)},
              {"date", NullIfEmpty(facts.date)},
              {"nature", NullIfEmpty(facts.nature)},
              {"matter", NullIfEmpty(facts.matter)},
              {"subject", NullIfEmpty(facts.subject)},
              {"siren", NullIfEmpty(facts.siren)},
              {"identifier", NullIfEmpty(facts.identifier)},
              {"receptionDate", NullIfEmpty(facts.reception_date)},
              {"files", std::move(files)}};
  if (facts.IsAnomaly()) {
    out["anomaly"] = {{"date", NullIfEmpty(facts.anomaly_date)},
                      {"nature", NullIfEmpty(facts.anomaly_nature)},
                      {"detail", NullIfEmpty(facts.anomaly_detail)}};
  }
  return out;
}

}  // namespace sceau::schemas
