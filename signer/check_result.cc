#include "signer/check_result.h"

#include <algorithm>
#include <optional>
#include <string_view>

#include "absl/container/flat_hash_map.h"
#include "base/bytes.h"
#include "base/strings.h"
#include "verifier/verifier.h"

namespace sceau::signer {
namespace {

constexpr int64_t kMaxSignature = 1 << 20;  // bytes of one inserted ds:Signature
constexpr int64_t kPiece = 256 * 1024;      // bytes compared at a time

Status Differs(std::string_view what) { return Error(Reason::kOutputCheckFailed, what); }

// The value in the text of a signature. Where it is looked for does not matter: the whole text is
// held against the one the builder makes around it.
std::optional<std::string> ValueIn(std::string_view signature) {
  constexpr std::string_view kStart = "<ds:SignatureValue";
  size_t from = signature.find(kStart);
  if (from == std::string_view::npos) return std::nullopt;
  from = signature.find('>', from);
  if (from == std::string_view::npos) return std::nullopt;
  const size_t to = signature.find('<', ++from);
  if (to == std::string_view::npos) return std::nullopt;
  return FromBase64(signature.substr(from, to - from));
}

// Walks through input and output together, one expected edit after the other.
class Comparison {
 public:
  Comparison(const InputFile& input, const Prepared& prepared, const ToBeSigned& texts,
             const InputFile& output)
      : input_(input), prepared_(prepared), texts_(texts), output_(output) {}

  Status Run(const std::vector<xml::Edit>& edits) {
    std::vector<Expected> expected;
    for (const xml::PlannedEdit& it : prepared_.edits) expected.push_back({it.offset, &it, 0});
    for (size_t i = 0; i < prepared_.targets.size(); ++i) {
      expected.push_back({prepared_.targets[i].offset, nullptr, i});
    }
    std::stable_sort(expected.begin(), expected.end(),
                     [](const auto& a, const auto& b) { return a.offset < b.offset; });
    if (edits.size() != expected.size()) return Differs("edits");
    for (size_t i = 0; i < edits.size(); ++i) {
      SCEAU_RETURN_IF_ERROR(One(expected[i], edits[i]));
    }
    SCEAU_RETURN_IF_ERROR(SameUntil(input_.size()));
    return at_output_ == output_.size() ? OkStatus() : Differs("end");
  }

 private:
  struct Expected {
    int64_t offset;
    const xml::PlannedEdit* planned;  // null: the signature of a target
    size_t target;
  };

  Status One(const Expected& expected, const xml::Edit& edit) {
    SCEAU_RETURN_IF_ERROR(SameUntil(expected.offset));
    const bool in_place = edit.offset == expected.offset && edit.output_offset == at_output_ &&
                          edit.inserted_size >= 0 && edit.inserted_size <= kMaxSignature &&
                          edit.inserted_size <= output_.size() - at_output_;
    if (!in_place) return Differs(Concat("edit at ", expected.offset));
    SCEAU_ASSIGN_OR_RETURN(const std::string inserted,
                           output_.Slice(at_output_, static_cast<size_t>(edit.inserted_size)));
    if (expected.planned == nullptr) {
      if (!edit.removed.empty()) return Differs("removed");
      SCEAU_RETURN_IF_ERROR(CheckSignature(expected.target, inserted));
    } else {
      SCEAU_ASSIGN_OR_RETURN(const std::string planned, expected.planned->inserted());
      if (inserted != planned || edit.removed != expected.planned->removed) {
        return Differs(Concat("edit at ", expected.offset));
      }
    }
    at_input_ += static_cast<int64_t>(edit.removed.size());
    at_output_ += edit.inserted_size;
    return OkStatus();
  }

  Status CheckSignature(size_t target, const std::string& inserted) const {
    const std::string& id = prepared_.targets[target].id;
    const std::optional<std::string> value = ValueIn(inserted);
    if (!value || !texts_.Check(target, *value).ok()) return Differs(id);
    const std::string made =
        xml::Encode(texts_.builder().Signature(ElementOf(prepared_.targets[target]), *value),
                    prepared_.encoding);
    return inserted == made ? OkStatus() : Differs(id);
  }

  // What no edit touches is the same in both.
  Status SameUntil(int64_t offset) {
    while (at_input_ < offset) {
      const auto size = static_cast<size_t>(std::min(kPiece, offset - at_input_));
      if (static_cast<int64_t>(size) > output_.size() - at_output_) return Differs("end");
      SCEAU_ASSIGN_OR_RETURN(const std::string before, input_.Slice(at_input_, size));
      SCEAU_ASSIGN_OR_RETURN(const std::string after, output_.Slice(at_output_, size));
      if (before != after) return Differs(Concat("bytes from ", at_input_));
      at_input_ += static_cast<int64_t>(size);
      at_output_ += static_cast<int64_t>(size);
    }
    return OkStatus();
  }

  const InputFile& input_;
  const Prepared& prepared_;
  const ToBeSigned& texts_;
  const InputFile& output_;
  int64_t at_input_ = 0, at_output_ = 0;
};

}  // namespace

Status CheckReport(const verifier::FileReport& report, const std::vector<Target>& targets,
                   size_t signatures, const std::string& certificate_sha256) {
  if (report.verdict == verifier::Verdict::kRefused) {
    return Error(Reason::kOutputCheckFailed, DetailOf(report.refusal), PlaceOf(report.refusal));
  }
  absl::flat_hash_map<std::string_view, const Target*> expecting;
  for (const Target& target : targets) expecting[target.signature_id] = &target;
  for (const verifier::SignatureReport& signature : report.signatures) {
    const auto found = expecting.find(signature.id);
    if (found == expecting.end()) continue;  // one that was there before
    const bool holds = signature.of == found->second->id &&
                       signature.integrity == verifier::Integrity::kIntact &&
                       signature.signer->sha256 == certificate_sha256;
    if (holds) expecting.erase(found);
  }
  for (const auto& [id, target] : expecting) {
    return Error(Reason::kOutputCheckFailed, target->id);
  }
  if (report.signatures.size() != signatures) {
    return Error(Reason::kOutputCheckFailed, Concat(report.signatures.size(), " != ", signatures));
  }
  return OkStatus();
}

Status CheckResult(const InputFile& input, const Prepared& prepared, const ToBeSigned& signed_texts,
                   const std::vector<xml::Edit>& edits, const InputFile& output) {
  SCEAU_RETURN_IF_ERROR(Comparison(input, prepared, signed_texts, output).Run(edits));
  verifier::VerifyOptions options;
  options.validation_time = prepared.parameters.signing_time;
  options.contents = prepared.contents;
  return CheckReport(
      verifier::Verify(output, "", options), prepared.targets,
      prepared.facts.signatures.size() + prepared.targets.size(),
      ToHex(signed_texts.builder().certificate().DigestWith(DigestAlgorithm::kSha256)));
}

}  // namespace sceau::signer
