// Between Prepare and Complete a person looks at the preview and types a PIN: what is signed then
// must be what was shown.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "tests/signer/signing_support.h"

namespace sceau::test {
namespace {

class ChangedInput : public testing::Test {
 protected:
  ChangedInput() {
    spec_.attachments = 2;
    spec_.attachment_size = 100 << 10;
    document_ = Generate(spec_);
    path_ = signing_.folder().Write("input.xml", document_);
  }

  void Overwrite(const std::string& text) {
    std::ofstream(path_, std::ios::binary | std::ios::trunc) << text;
  }

  // The file becomes `changed` when everything is prepared.
  Reason Refusal(const std::string& changed, signer::Selection::What what) {
    Overwrite(document_);
    const auto input = InputFile::Open(path_, 1 << 24);
    auto parameters = signing_.Parameters();
    parameters.selection.what = what;
    const auto prepared = signer::Prepare(*input, parameters);
    EXPECT_TRUE(prepared.ok()) << prepared.status();
    Overwrite(changed);
    OutputFile output = OutputFile::Unnamed(signing_.folder().path());
    return ReasonOf(signer::Complete(*input, *prepared, signing_.Key(), {}, output).status())
        .value_or(Reason::kInternal);
  }

  std::string Changed(const std::string& mark) const {
    std::string changed = document_;
    const size_t at = changed.find(mark);
    EXPECT_NE(at, std::string::npos) << mark;
    char& c = changed[at + mark.size()];
    c = c == '1' ? '2' : '1';
    return changed;
  }

  gen::PesSpec spec_;
  Signing signing_;
  std::string document_;
  std::string path_;
};

TEST_F(ChangedInput, HeaderAndAttachmentsThatABordereauxSignatureDoesNotCover) {
  for (const std::string mark : {"<CodCol V=\"", "<IdVer V=\"", "<LibelleColBud V=\""}) {
    EXPECT_EQ(Refusal(Changed(mark), signer::Selection::What::kAll), Reason::kInputChanged) << mark;
  }
  std::string attachment = document_;
  const size_t at = attachment.rfind("</Fichier>") - 100;
  attachment[at] = attachment[at] == 'A' ? 'B' : 'A';
  EXPECT_EQ(Refusal(attachment, signer::Selection::What::kAll), Reason::kInputChanged);
  EXPECT_EQ(Refusal(attachment, signer::Selection::What::kWhole), Reason::kInputChanged);
}

TEST_F(ChangedInput, ShorterAndShiftedFiles) {
  const Reason shorter =
      Refusal(document_.substr(0, document_.size() - 1000), signer::Selection::What::kAll);
  EXPECT_EQ(shorter, Reason::kInputUnreadable);
  std::string shifted = document_;
  shifted.insert(shifted.find("<Enveloppe>"), " ");
  shifted.pop_back();
  EXPECT_EQ(Refusal(shifted, signer::Selection::What::kAll), Reason::kInputChanged);
}

}  // namespace
}  // namespace sceau::test
