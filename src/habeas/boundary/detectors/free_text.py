"""Free text, notes and messages: what stands in them is found by spans, not by the column."""

from habeas.boundary.detector import ART4, Detector, Names
from habeas.boundary.draw import Category
from habeas.terms import Text

DETECTOR = Detector(
    id="free_text",
    label=Text(en="free text", zh="自由文本"),
    category=Category.UNDECIDED,
    citations=ART4,
    names=Names(
        en=(
            "note|notes|remark|remarks|comment|comments|description|memo|message|"
            "collection note|narrative|"
            "feedback|complaint|beizhu|bz|content|body"
        ),
        zh="催收记录|催记|备注|说明|描述|留言|内容|投诉|沟通记录|跟进记录",
    ),
)
