#include "schemas/acquit_json.h"

#include <nlohmann/json.hpp>

namespace sceau::schemas {

Json ErrorsJson(const std::vector<AcquitError>& errors) {
  Json out = Json::array();
  for (const AcquitError& it : errors) {
    out.push_back({{"code", NullIfEmpty(it.code)},
                   {"text", NullIfEmpty(it.text)},
                   {"line", NullIfEmpty(it.line)}});
  }
  return out;
}

Json AcquitElementJson(const AcquitElement& element) {
  Json pieces = Json::array();
  for (const AcquitPiece& it : element.pieces) {
    pieces.push_back({{"number", it.number}, {"errors", ErrorsJson(it.errors)}});
  }
  return {{"domain", AcquitDomainName(element)},
          {"accepted", element.accepted},
          {"exercice", NullIfEmpty(element.exercice)},
          {"number", NullIfEmpty(element.number)},
          {"idUnique", NullIfEmpty(element.id_unique)},
          {"errors", ErrorsJson(element.errors)},
          {"pieces", std::move(pieces)}};
}

}  // namespace sceau::schemas
