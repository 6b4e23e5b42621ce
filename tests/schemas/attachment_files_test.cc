// Types by content, and names that can be files of one folder.
#include "schemas/attachment_files.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace sceau::schemas {
namespace {

using namespace std::string_literals;

TEST(ContentTypes, AreToldByTheFirstBytes) {
  EXPECT_EQ(ContentTypeOf("%PDF-1.7\n"), ContentType::kPdf);
  EXPECT_EQ(ContentTypeOf("\xFF\xD8\xFF\xE0"), ContentType::kJpeg);
  EXPECT_EQ(ContentTypeOf("\x89PNG\r\n\x1A\n\0"s), ContentType::kPng);
  EXPECT_EQ(ContentTypeOf("PK\x03\x04"), ContentType::kZip);
  EXPECT_EQ(ContentTypeOf("PK\x05\x06"), ContentType::kZip);
  for (const char* xml :
       {"<?xml version=\"1.0\"?>", "\xEF\xBB\xBF<a/>", "\n <n:a/>", "<\xC3\xA9/>"}) {
    EXPECT_EQ(ContentTypeOf(xml), ContentType::kXml) << xml;
  }
  for (const char* other : {"", "P", "PK", "PKzip", "<", "< a", "<!DOCTYPE html>", "MZ", " %PDF-",
                            "text", "\x89PNG", "\xFF\xD8"}) {
    EXPECT_EQ(ContentTypeOf(other), ContentType::kOther) << other;
  }
}

std::string NameFor(const std::string& name, ContentType type = ContentType::kPdf) {
  PieceJustificative piece;
  piece.id = "PJ1";
  piece.name = name;
  piece.content = type;
  std::set<std::string> taken;
  return SafeFileName(piece, taken);
}

TEST(SafeNames, StayInTheirFolder) {
  EXPECT_EQ(NameFor("Facture été.pdf"), "Facture été.pdf");
  EXPECT_EQ(NameFor("../../etc/passwd"), "passwd.pdf");
  EXPECT_EQ(NameFor("C:\\temp\\a.pdf"), "a.pdf");
  EXPECT_EQ(NameFor(".."), "PJ.pdf");
  EXPECT_EQ(NameFor("/"), "PJ.pdf");
  EXPECT_EQ(NameFor(""), "PJ1.pdf");
  EXPECT_EQ(NameFor(".bashrc"), "_bashrc.pdf");
  EXPECT_EQ(NameFor("-rf.pdf"), "_rf.pdf");
  EXPECT_EQ(NameFor("a\x1B[2J\nb.pdf"), "a_[2J_b.pdf");
  EXPECT_EQ(NameFor("a\xC2\x9B\xE2\x80\xAE"
                    "b.pdf"),
            "a__b.pdf");
  EXPECT_EQ(NameFor("$(id);`x`|*?.pdf"), "_(id)__x____.pdf");
  EXPECT_EQ(NameFor("note", ContentType::kXml), "note.xml");
  EXPECT_EQ(NameFor("note", ContentType::kOther), "note");
}

TEST(SafeNames, AreShortAndWholeCharacters) {
  std::string name;
  for (int i = 0; i < 300; ++i) name += "é";
  const std::string shortened = NameFor("a" + name + ".pdf");
  EXPECT_LE(shortened.size(), 132u);
  EXPECT_EQ(shortened, "a" + name.substr(0, 118) + ".pdf");
}

TEST(SafeNames, AreUniqueInAnyCaseOfLetters) {
  std::set<std::string> taken;
  PieceJustificative piece;
  std::vector<std::string> names;
  for (const char* name : {"a.pdf", "A.PDF", "x/a.pdf", "a_2.pdf"}) {
    piece.name = name;
    names.push_back(SafeFileName(piece, taken));
  }
  EXPECT_THAT(names, testing::ElementsAre("a.pdf", "A_2.PDF", "a_3.pdf", "a_2_2.pdf"));
}

}  // namespace
}  // namespace sceau::schemas
