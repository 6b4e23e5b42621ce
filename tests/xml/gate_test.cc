#include "xml/gate.h"

#include <gtest/gtest.h>

#include "tests/xml/xml_support.h"

namespace sceau::test {
namespace {

std::optional<Reason> Refusal(std::string_view text) {
  return ReasonOf(xml::PassGate(FileOf(text)).status());
}

TEST(Gate, AdmitsTheTwoEncodings) {
  EXPECT_EQ(xml::PassGate(FileOf("<?xml version='1.0' encoding='iso-8859-1'?><a/>"))->encoding,
            xml::Encoding::kLatin1);
  EXPECT_EQ(xml::PassGate(FileOf("<?xml version=\"1.0\" encoding = \"utf-8\" ?><a/>"))->encoding,
            xml::Encoding::kUtf8);
  EXPECT_EQ(xml::PassGate(FileOf("<a/>"))->encoding, xml::Encoding::kUtf8);
  EXPECT_TRUE(xml::PassGate(FileOf("\xEF\xBB\xBF<a/>"))->byte_order_mark);
}

TEST(Gate, P33_RefusesOtherEncodingsDeclaredOrReal) {
  const std::string utf16("\xFF\xFE<\0a\0/\0>\0", 10);
  const std::string utf32("\0\0\0<\0\0\0a", 8);
  EXPECT_EQ(Refusal(utf16), Reason::kEncodingRefused);
  EXPECT_EQ(Refusal(utf32), Reason::kEncodingRefused);
  EXPECT_EQ(Refusal(std::string("<\0a\0", 4)), Reason::kEncodingRefused);
  for (const char* name : {"UTF-16", "UTF-7", "windows-1252", "ISO-8859-15", "US-ASCII", ""}) {
    EXPECT_EQ(Refusal(std::string("<?xml version='1.0' encoding='") + name + "'?><a/>"),
              Reason::kEncodingRefused)
        << name;
  }
  EXPECT_EQ(Refusal("\xEF\xBB\xBF<?xml version='1.0' encoding='ISO-8859-1'?><a/>"),
            Reason::kEncodingRefused);
}

TEST(Gate, P33_InvalidUtf8IsNotXml) {
  EXPECT_EQ(ReasonOf(Canonical("<a>\xE9</a>", {}, -1).status()), Reason::kNotXml);
}

TEST(Gate, P24_RefusesADoctypeWhereverItMayStand) {
  EXPECT_EQ(Refusal("<!DOCTYPE a><a/>"), Reason::kDoctypeRefused);
  EXPECT_EQ(Refusal("<?xml version='1.0'?>\n<!-- x --><?p q?><!DOCTYPE a [<!ENTITY b 'c'>]><a/>"),
            Reason::kDoctypeRefused);
  EXPECT_EQ(Refusal("<?xml version='1.0'?><!doctype a><a/>"), Reason::kDoctypeRefused);
}

TEST(Gate, TellsThePlaceOfTheRefusal) {
  const Status status = xml::PassGate(FileOf("<?xml version='1.0'?>\n  <!DOCTYPE a><a/>")).status();
  EXPECT_EQ(PlaceOf(status).line, 2);
  EXPECT_EQ(PlaceOf(status).column, 3);
}

TEST(Gate, RefusesWhatDoesNotBeginADocument) {
  for (const char* text : {"", "   ", "hello", "%PDF-1.7", "<", "<!ELEMENT a>", "</a>", "<?xml",
                           "<?xml version='1.1'?><a/>", "<?xml encoding='UTF-8'?><a/>",
                           "<?xml version='1.0' standalone='maybe'?><a/>",
                           "<?xml encoding='UTF-8' version='1.0'?><a/>",
                           "<?xml version='1.0'encoding='UTF-8'?><a/>", "<!-- never closed"}) {
    EXPECT_EQ(Refusal(text), Reason::kNotXml) << text;
  }
}

TEST(Gate, ReadsNoMoreThanTheProlog) {
  const std::string prolog = "<!--" + std::string(xml::kMaxProlog, 'x') + "--><!DOCTYPE a><a/>";
  EXPECT_EQ(Refusal(prolog), Reason::kXmlLimitExceeded);
}

}  // namespace
}  // namespace sceau::test
