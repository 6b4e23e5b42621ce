// P-25, P-28 to P-30: what is built to cost is refused before it does. Counted, not timed: files
// opened, bytes read and digested, signature values compared. (Milliseconds and memory are in
// bench/.)
#include "tests/support/counted_work.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "absl/strings/match.h"
#include "absl/strings/str_split.h"
#include "base/bytes.h"
#include "base/strings.h"
#include "schemas/inspection.h"
#include "tests/support/shared_folder.h"
#include "tests/support/time_stamp_authority.h"
#include "tests/verifier/forgery.h"
#include "xades/reader.h"

namespace sceau::test {
namespace {

using testing::Contains;
using verifier::FileReport;
using verifier::Verdict;

constexpr int64_t kSome = 128 * 1024;  // bytes: the head and the end are looked at before the rest

constexpr std::string_view kEnveloped =
    "<ds:Transform Algorithm=\"http://www.w3.org/2000/09/xmldsig#enveloped-signature\"/>";
constexpr std::string_view kCanonical =
    "<ds:Transform Algorithm=\"http://www.w3.org/2001/10/xml-exc-c14n#\"/>";

std::string Times(int n, std::string_view text) {
  std::string out;
  for (int i = 0; i < n; ++i) out += text;
  return out;
}

class CountedRefusal : public Attack {
 protected:
  CountedRefusal() { signing_.VerifyTrusted(whole_); }  // what is read once has been

  // A whole document of some megabytes, which a transform would have to go through.
  std::string Large() { return Signed(LargeSpec(), signer::Selection::What::kWhole); }
  static gen::PesSpec LargeSpec() {
    gen::PesSpec spec = SmallSpec();
    spec.attachment_size = 3 << 20;
    return spec;
  }
  static std::string WithTransforms(const std::string& document, const std::string& transforms) {
    return Replaced(document, Between(document, "<ds:Transforms>", "</ds:Transforms>"),
                    Concat("<ds:Transforms>", transforms, "</ds:Transforms>"));
  }
  FileReport Judge(const std::string& document, Work& work) {
    const InputFile file = signing_.AsFile(document);
    verifier::VerifyOptions options;
    options.validation_time = kSigningTime;
    FileReport report;
    work = CountedWork([&] { report = verifier::Verify(file, "test", options); });
    return report;
  }
  // One pass over the file, which is digested once and (on the chance that its signature is a usual
  // one) its canonical form; nothing else, and no key is asked.
  void ExpectRefusedCheaply(const std::string& document, const std::string& code) {
    Work work;
    const FileReport report = Judge(document, work);
    ASSERT_FALSE(report.signatures.empty()) << report.refusal;
    for (const verifier::SignatureReport& it : report.signatures) {
      EXPECT_EQ(it.integrity, verifier::Integrity::kUnchecked);
      EXPECT_THAT(Codes(it), Contains(code));
    }
    const auto size = static_cast<int64_t>(document.size());
    EXPECT_EQ(work.opened, 0);
    EXPECT_EQ(work.connected, 0);
    EXPECT_LE(work.read, size + kSome);
    EXPECT_LE(work.digested, 2 * size + kSome);
    EXPECT_EQ(work.signature_checks, 0);
  }
};

TEST_F(CountedRefusal, TheCountersCount) {
  Work work;
  const FileReport report = Judge(whole_, work);
  EXPECT_EQ(report.signatures[0].integrity, verifier::Integrity::kIntact);
  EXPECT_GE(work.read, static_cast<int64_t>(whole_.size()));
  EXPECT_GT(work.digested, static_cast<int64_t>(whole_.size()));
  EXPECT_GT(work.signature_checks, 0);
  const std::string path = signing_.folder().Write("counted.xml", whole_);
  EXPECT_EQ(CountedWork([&] { EXPECT_TRUE(InputFile::Open(path, 1 << 20).ok()); }).opened, 1);
}

TEST_F(CountedRefusal, P25_DoctypeIsRefusedAtTheHeadOfALargeFile) {
  std::string entities = "<!ENTITY e0 \"0123456789\">";
  for (int i = 1; i < 10; ++i) {
    AppendTo(entities, "<!ENTITY e", i, " \"", Times(10, Concat("&e", i - 1, ";")), "\">");
  }
  const std::string doctypes[] = {
      Concat("<!DOCTYPE x [", entities, "]><x a=\"&e9;\">"),
      "<!DOCTYPE x SYSTEM \"file:///etc/hostname\"><x>",
      "<!DOCTYPE x [<!ENTITY % p SYSTEM \"http://127.0.0.1:9/p\"> %p;]><x>"};
  for (const std::string& doctype : doctypes) {
    Work work;
    const FileReport report = Judge(doctype + std::string(32 << 20, ' ') + "</x>", work);
    EXPECT_EQ(report.verdict, Verdict::kRefused);
    EXPECT_EQ(ReasonOf(report.refusal), Reason::kDoctypeRefused);
    EXPECT_EQ(work.opened, 0);
    EXPECT_EQ(work.connected, 0);
    EXPECT_LE(work.read, 1 << 20);
    EXPECT_LE(work.digested, 1 << 20);
  }
}

TEST_F(CountedRefusal, P25_PublicBombsAreRefusedAndNothingIsOpened) {
  SCEAU_REQUIRE_SHARED("corpora/xml-bombs");
  const std::string folder = SharedFolder() + "/corpora/xml-bombs/";
  const auto table = ReadSmallFile(folder + "expected.tsv");
  ASSERT_TRUE(table.ok());
  int refused = 0;
  for (const absl::string_view line : absl::StrSplit(*table, '\n')) {
    const std::vector<std::string> row = absl::StrSplit(line, '\t');
    if (row.size() < 2 || !absl::StartsWith(row[1], "refuse")) continue;
    const auto content = ReadSmallFile(folder + row[0]);
    ASSERT_TRUE(content.ok()) << row[0];
    Work work;
    EXPECT_EQ(Judge(*content, work).verdict, Verdict::kRefused) << row[0];
    EXPECT_EQ(work.opened + work.connected, 0) << row[0];
    ++refused;
  }
  EXPECT_EQ(refused, 7);
}

TEST_F(CountedRefusal, P07_P15_WhatIsNamedElsewhereIsNeitherOpenedNorAskedFor) {
  const std::string large = Large();
  const std::string reference = Between(large, "<ds:Reference ", ">");
  const std::string key_info = Between(large, "<ds:KeyInfo", "</ds:KeyInfo>");
  for (const std::string uri :
       {"file:///etc/hostname", "/etc/hostname", "http://127.0.0.1:9/x", "data:,x"}) {
    ExpectRefusedCheaply(Replaced(large, reference, Concat("<ds:Reference URI=\"", uri, "\">")),
                         "REFERENCE_REFUSED");
    ExpectRefusedCheaply(
        Replaced(large, key_info,
                 Concat("<ds:KeyInfo><ds:RetrievalMethod URI=\"", uri, "\"/></ds:KeyInfo>")),
        "KEY_INFO_REFUSED");
  }
}

TEST_F(CountedRefusal, P24_ExternalEntityOfAnInspectedDocument) {
  const std::string outside =
      "<!DOCTYPE x [<!ENTITY e SYSTEM \"file:///etc/hostname\">]><x>&e;</x>";
  const InputFile file = signing_.AsFile(outside);
  const Work work = CountedWork(
      [&] { EXPECT_EQ(ReasonOf(schemas::Inspect(file).status()), Reason::kDoctypeRefused); });
  EXPECT_EQ(work.opened + work.connected, 0);
}

// What an archive time stamp is over is read once more, whatever it takes.
TEST_F(CountedRefusal, P30_ArchiveTimeStampsCostOneMorePass) {
  const EvpPkeyHandle key = NewEcKey();
  const std::string token = TimeStampAuthority(signing_.pki().Issue(key.get(), TimeStampingLeaf()),
                                               key.get(), signing_.pki().issuing())
                                .Stamp("something else");
  const std::string stamp = Concat(
      "<a:ArchiveTimeStamp xmlns:a=\"http://uri.etsi.org/01903/v1.4.1#\">"
      "<xad:EncapsulatedTimeStamp>",
      ToBase64(token), "</xad:EncapsulatedTimeStamp></a:ArchiveTimeStamp>");
  const auto with = [&](const std::string& document, int count) {
    return InsertedAfter(
        document, "</xad:SignedProperties>",
        Concat("<xad:UnsignedProperties><xad:UnsignedSignatureProperties>", Times(count, stamp),
               "</xad:UnsignedSignatureProperties>"
               "</xad:UnsignedProperties>"));
  };
  const std::string large = Large();
  for (const int count : {1, 16, 17}) {
    Work work;
    const std::string document = with(large, count);
    const auto codes = Codes(Judge(document, work).signatures[0]);
    EXPECT_EQ(std::count(codes.begin(), codes.end(), "TIME_STAMP_OF_SOMETHING_ELSE"),
              std::min(count, 16));
    EXPECT_EQ(std::count(codes.begin(), codes.end(), "UNSIGNED_PROPERTY_UNREADABLE"),
              std::max(count - 16, 0));
    EXPECT_LE(work.read, 2 * (static_cast<int64_t>(document.size()) + kSome));
    EXPECT_EQ(work.opened + work.connected, 0);
  }
}

TEST_F(CountedRefusal, P28_XPathIsRefusedUnread) {
  std::string expression = "1";
  for (int i = 0; i < 1000; ++i) expression = Concat("count(//.[", expression, "])");
  const std::string xpath =
      Concat("<ds:Transform Algorithm=\"http://www.w3.org/TR/1999/REC-xpath-19991116\"><ds:XPath>",
             expression, "</ds:XPath></ds:Transform>");
  const std::string filter = Concat(
      "<ds:Transform Algorithm=\"http://www.w3.org/2002/06/xmldsig-filter2\"><f:XPath "
      "xmlns:f=\"http://www.w3.org/2002/06/xmldsig-filter2\" Filter=\"intersect\">",
      expression, "</f:XPath></ds:Transform>");
  const std::string large = Large();
  for (const std::string& it : {xpath, filter}) {
    ExpectRefusedCheaply(WithTransforms(large, it), "TRANSFORM_REFUSED");
    ExpectRefusedCheaply(WithTransforms(large, Concat(kEnveloped, it, kCanonical)),
                         "TRANSFORM_REFUSED");
  }
}

TEST_F(CountedRefusal, P29_StyleSheetThatDoublesIsRefusedUnread) {
  const std::string doubling =
      "<x:template match=\"/\"><x:copy-of select=\".\"/><x:copy-of select=\".\"/></x:template>";
  const std::string opening =
      "<x:template match=\"*\"><x:copy-of select=\"document('file:///etc/hostname')\"/>"
      "</x:template>";
  const std::string large = Large();
  for (const std::string& body : {doubling, opening}) {
    const std::string sheet = Concat(
        "<ds:Transform Algorithm=\"http://www.w3.org/TR/1999/REC-xslt-19991116\"><x:stylesheet "
        "xmlns:x=\"http://www.w3.org/1999/XSL/Transform\" version=\"1.0\">",
        body, "</x:stylesheet></ds:Transform>");
    ExpectRefusedCheaply(WithTransforms(large, Concat(kEnveloped, sheet)), "TRANSFORM_REFUSED");
    ExpectRefusedCheaply(WithTransforms(large, Times(40, sheet)), "TRANSFORM_REFUSED");
  }
}

TEST_F(CountedRefusal, P30_TwoHundredTransformsAndOneMoreThanAreAdmitted) {
  const std::string large = Large();
  for (const int more : {4, 200}) {
    ExpectRefusedCheaply(WithTransforms(large, Concat(kEnveloped, Times(more, kCanonical))),
                         "TRANSFORM_REFUSED");
  }
}

TEST_F(CountedRefusal, P30_OneReferenceMoreThanAreAdmitted) {
  const std::string large = Large();
  const std::string reference = Between(large, "<ds:Reference ", "</ds:Reference>");
  for (const size_t count : {xades::kMaxReferences + 1, size_t{2000}}) {
    ExpectRefusedCheaply(Replaced(large, reference, Times(static_cast<int>(count), reference)),
                         "TOO_MANY_REFERENCES");
  }
}

}  // namespace
}  // namespace sceau::test
