#include "audit/proof.h"

#include "base/bytes.h"
#include "base/strings.h"

namespace sceau::audit {
namespace {

Status Invalid(std::string_view detail) { return Error(Reason::kAuditInvalid, detail); }

const Checkpoint* FirstCovering(const std::vector<Checkpoint>& checkpoints, int64_t n) {
  const Checkpoint* first = nullptr;
  for (const Checkpoint& it : checkpoints) {
    if (it.n >= n && (first == nullptr || it.n < first->n)) first = &it;
  }
  return first;
}

std::string TextIn(const Fields& object, const char* name) {
  const auto found = object.find(name);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

}  // namespace

StatusOr<std::string> MakeProof(const InputFile& log, const Evidence& evidence, int64_t n) {
  const Checkpoint* checkpoint = FirstCovering(evidence.checkpoints, n);
  std::string record, previous, link;
  Fields following = Fields::array();
  const auto take = [&](const Record& it) {
    if (it.n == n) {
      record = it.text;
      previous = link;
    } else if (it.n > n && checkpoint != nullptr && it.n <= checkpoint->n) {
      following.push_back(ToHex(RecordDigest(it.text)));
    }
    link = it.link;
  };
  SCEAU_ASSIGN_OR_RETURN(const LogState state, CheckLog(log, &evidence, take));
  if (state.first_bad) {
    return Error(Reason::kAuditInvalid, NameOf(state.first_bad->fault),
                 {.line = state.first_bad->line});
  }
  if (record.empty()) return Error(Reason::kUsage, Concat("record ", n));
  if (checkpoint == nullptr) return Invalid(Concat("record ", n, ": no checkpoint yet"));
  if (previous.empty()) previous = FirstLink(state.log_id);
  return Canonical({{"v", kRecordVersion},
                    {"n", n},
                    {"record", record},
                    {"previous", ToHex(previous)},
                    {"following", std::move(following)},
                    {"checkpoint", checkpoint->text}});
}

StatusOr<Proven> CheckProof(std::string_view proof, EVP_PKEY* public_key) {
  const auto object = ReadCanonical(proof);
  if (!object || object->value("v", Fields()) != kRecordVersion) return Invalid("proof");
  SCEAU_ASSIGN_OR_RETURN(const Checkpoint checkpoint,
                         ReadCheckpoint(TextIn(*object, "checkpoint")));
  if (!HoldsUnder(public_key, checkpoint)) return Invalid(NameOf(Fault::kCheckpointSignature));
  const auto previous = FromHex(TextIn(*object, "previous"));
  const std::string record = TextIn(*object, "record");
  const auto fields = ReadCanonical(record);
  const Fields number = object->value("n", Fields());
  const Fields following = object->value("following", Fields());
  if (!previous || previous->size() != 32 || !fields || !number.is_number_unsigned() ||
      !following.is_array() || fields->value("n", Fields()) != number) {
    return Invalid("proof");
  }
  std::string link = NextLink(*previous, RecordDigest(record));
  for (const Fields& digest : following) {
    const auto raw = FromHex(digest.is_string() ? digest.get<std::string>() : "-");
    if (!raw || raw->size() != 32) return Invalid("following");
    link = NextLink(link, *raw);
  }
  const auto n = number.get<int64_t>();
  if (n + static_cast<int64_t>(following.size()) != checkpoint.n || link != checkpoint.link) {
    return Invalid(NameOf(Fault::kOtherThanCheckpoint));
  }
  return Proven{checkpoint.log_id, n, record, checkpoint.time};
}

}  // namespace sceau::audit
