#include "schemas/seal_file.h"

#include <algorithm>

#include "base/digest.h"
#include "base/strings.h"
#include "schemas/budget_reader.h"
#include "schemas/pes_reader.h"
#include "xml/parser.h"

namespace sceau::schemas {
namespace {

// Refuses what is neither a budget act nor a CFU at its first element.
class SealFileReader final : public xml::Handler {
 public:
  Status OnStart(const xml::StartElement& element) override {
    if (element.depth == 1) {
      kind = KindOf(element);
      if (!HoldsBudget(kind)) {
        return Error(Reason::kDocumentUnknown, element.qname,
                     {element.line, element.column, std::string(element.qname)});
      }
    }
    return budget.OnStart(element);
  }
  Status OnEnd(const xml::EndElement& element) override { return budget.OnEnd(element); }
  Status OnText(std::string_view text) override { return budget.OnText(text); }
  Status OnInstruction(std::string_view target, std::string_view data) override {
    return budget.OnInstruction(target, data);
  }
  Status OnComment(std::string_view text) override { return budget.OnComment(text); }

  Status Read(const InputFile& file) {
    xml::DigestSink raw(DigestAlgorithm::kSha256);
    SCEAU_ASSIGN_OR_RETURN(gate, xml::Parse(file, *this, {}, &raw));
    sha256 = raw.Finish();
    budget.Finish();
    return OkStatus();
  }

  Kind kind = Kind::kOther;
  BudgetReader budget;
  xml::Gate gate;
  std::string sha256;  // raw
};

Status CheckSealable(const SealFileReader& read) {
  const BudgetFacts& facts = read.budget.facts();
  const Place root{1, 1, facts.root_qname};
  if (read.kind != Kind::kBudgetAct) return Error(Reason::kDocumentNotSupported, "CFU", root);
  if (facts.signatures > 0) return Error(Reason::kAlreadySigned, facts.root_qname, root);
  if (facts.header_offset < 0) {
    return Error(Reason::kElementMalformed, "EnTeteDocBudgetaire", root);
  }
  if (facts.seal.count > 1) {
    return Error(Reason::kElementMalformed, "Scellement",
                 {facts.seal.line, facts.seal.column, "Scellement"});
  }
  return OkStatus();
}

// The white space before `offset`: what comes after a new element there, as before it.
StatusOr<std::string> LayoutBefore(const InputFile& input, int64_t offset) {
  constexpr int64_t kMaxLayout = 256;
  const int64_t length = std::min(offset, kMaxLayout);
  SCEAU_ASSIGN_OR_RETURN(std::string before,
                         input.Slice(offset - length, static_cast<size_t>(length)));
  const size_t last = before.find_last_not_of(" \t\r\n");
  before.erase(0, last == std::string::npos ? 0 : last + 1);
  // Never nothing: other programs take away whatever follows the seal.
  return before.empty() ? "\n" : std::move(before);
}

std::string SealElement(const BudgetFacts& facts, absl::Time time, xml::Encoding encoding) {
  const size_t colon = facts.root_qname.find(':');
  const std::string prefix =
      colon == std::string::npos ? "" : facts.root_qname.substr(0, colon + 1);
  return Concat("<", xml::Encode(prefix, encoding), "Scellement md5=\"", facts.seal.computed.md5,
                "\" sha1=\"", facts.seal.computed.sha1, "\" date=\"",
                absl::FormatTime("%Y-%m-%dT%H:%M:%SZ", time, absl::UTCTimeZone()), "\"/>");
}

}  // namespace

StatusOr<Seal> ReadSeal(const InputFile& file) {
  SealFileReader read;
  SCEAU_RETURN_IF_ERROR(read.Read(file));
  return read.budget.facts().seal;
}

StatusOr<Sealed> WriteSeal(const InputFile& input, absl::Time time, OutputFile& output) {
  SealFileReader read;
  SCEAU_RETURN_IF_ERROR(read.Read(input));
  SCEAU_RETURN_IF_ERROR(CheckSealable(read));
  const BudgetFacts& facts = read.budget.facts();
  Sealed out;
  out.replaced = facts.seal.count == 1;
  std::string element = SealElement(facts, time, read.gate.encoding);
  xml::PlannedEdit edit{facts.header_offset, "", nullptr};
  if (out.replaced) {
    const Place place{facts.seal.line, facts.seal.column, "Scellement"};
    constexpr int64_t kMaxSeal = 64 * 1024;
    if (facts.seal.bytes.length > kMaxSeal) {
      return Error(Reason::kElementMalformed, "Scellement", place);
    }
    edit.offset = facts.seal.bytes.offset;
    SCEAU_ASSIGN_OR_RETURN(edit.removed,
                           input.Slice(edit.offset, static_cast<size_t>(facts.seal.bytes.length)));
  } else {
    SCEAU_ASSIGN_OR_RETURN(const std::string layout, LayoutBefore(input, facts.header_offset));
    element += layout;
  }
  edit.inserted = [&element]() -> StatusOr<std::string> { return element; };
  SCEAU_ASSIGN_OR_RETURN(xml::Spliced spliced, xml::Splice(input, {edit}, output));
  if (spliced.input_sha256 != read.sha256) return Error(Reason::kInputChanged);
  out.edit = std::move(spliced.edits.front());
  SCEAU_ASSIGN_OR_RETURN(const InputFile written, output.Reread());
  SCEAU_ASSIGN_OR_RETURN(out.seal, ReadSeal(written));
  if (out.seal.state != SealState::kHolds || out.seal.stated != facts.seal.computed) {
    return Error(Reason::kOutputCheckFailed, "Scellement");
  }
  return out;
}

}  // namespace sceau::schemas
