#include "audit/stamp.h"

#include "audit/chain.h"
#include "base/bytes.h"

namespace sceau::audit {
namespace {

StatusOr<Stamp> ReadStamp(std::string_view line) {
  const auto bad = Error(Reason::kAuditInvalid, "stamp");
  const auto object = ReadCanonical(line);
  if (!object || object->size() != 3 || object->value("v", 0) != kRecordVersion) return bad;
  for (const char* name : {"checkpoint", "token"}) {
    if (!object->contains(name) || !(*object)[name].is_string()) return bad;
  }
  Stamp stamp;
  SCEAU_ASSIGN_OR_RETURN(stamp.checkpoint,
                         ReadCheckpoint((*object)["checkpoint"].get<std::string>()));
  auto token = FromBase64((*object)["token"].get<std::string>());
  if (!token) return bad;
  stamp.token = *std::move(token);
  return stamp;
}

}  // namespace

std::string StampLine(const std::string& checkpoint, std::string_view token) {
  return Canonical({{"v", kRecordVersion}, {"checkpoint", checkpoint}, {"token", ToBase64(token)}});
}

StatusOr<std::vector<Stamp>> ReadStamps(std::string_view text) {
  return ReadWholeLines<Stamp>(text, "stamp", ReadStamp);
}

}  // namespace sceau::audit
