"""What people write: sentences put together from parts, drawn from a seeded generator.

Invented for the demonstration and for measurements. Nobody said any of it; no real place, person
or firm is meant. Pure: the same ``random.Random`` in the same state gives the same words.
"""

import re
from random import Random
from typing import Final

_SLOT: Final = re.compile(r"\{(\w+)\}")

# How often each kind of need comes in a year, out of a thousand; winter is handled by ``season``.
WEIGHTS: Final[dict[str, int]] = {
    "cleaning.rubbish": 80,
    "cleaning.stairs": 65,
    "cleaning.snow": 25,
    "cleaning.pests": 15,
    "upkeep.light": 75,
    "upkeep.door": 55,
    "upkeep.lift": 40,
    "upkeep.leak": 60,
    "upkeep.drain": 60,
    "upkeep.wall": 30,
    "supply.heating": 60,
    "supply.water": 30,
    "supply.power": 20,
    "supply.gas": 8,
    "safety.fire": 35,
    "safety.ebike": 45,
    "safety.falling": 12,
    "safety.pit": 25,
    "order.parking": 75,
    "order.noise": 60,
    "order.dogs": 30,
    "order.illegal": 20,
    "neighbours.dispute": 25,
    "neighbours.care": 20,
    "neighbours.help": 2,
    "neighbours.suggest": 30,
    "services.papers": 20,
    "services.property": 40,
    "services.conduct": 5,
    "services.other": 15,
}
WINTER: Final = frozenset({"cleaning.snow", "supply.heating"})

NEEDS: Final[dict[str, tuple[str, ...]]] = {
    "cleaning.rubbish": (
        "{spot}的垃圾桶满了没人清，{smell}",
        "{spot}堆了{few}袋装修垃圾，一直没有拉走",
        "厨余桶的盖子坏了，{smell}",
        "分类垃圾桶少了一个，大家只好往地上放",
        "{spot}有人乱扔旧沙发和床垫，把路占了一半",
        "垃圾车这{few}天都没来，桶边堆得到处都是",
        "{spot}的垃圾桶没有盖，风一刮塑料袋满院飞",
    ),
    "cleaning.stairs": (
        "{floor}楼道里堆着纸箱和旧鞋柜，走路都要侧着身子",
        "楼道有{few}周没打扫了，扶手上全是灰",
        "{floor}拐角堆放杂物，还有腌菜缸，{smell}",
        "楼梯间被人放了婴儿车和旧家具，搬东西过不去",
        "楼道墙上贴满小广告，{floor}最多",
        "{floor}窗台上的杂物掉下来过，怕砸到人",
        "有人在楼道里洒了油，踩着很滑",
    ),
    "cleaning.snow": (
        "单元门口积雪没扫，结冰了，路滑得很",
        "{spot}的雪堆了半人高，车出不来",
        "屋檐的冰溜子有半米长，看着要掉下来",
        "坡道结冰，{someone}推轮椅上不去",
        "{spot}的雪化了又冻，昨天有人摔了一跤",
    ),
    "cleaning.pests": (
        "{spot}最近老鼠很多，晚上能看见在跑",
        "楼道里蟑螂成群，{floor}最厉害",
        "{spot}有积水，蚊子特别多，孩子身上全是包",
        "地下室有老鼠咬电线，希望统一灭一次",
    ),
    "upkeep.light": (
        "{floor}楼道灯不亮，晚上摸黑上楼",
        "单元门口的声控灯时亮时不亮",
        "{spot}的路灯坏了{few}盏，太黑",
        "{floor}的灯一直亮着关不掉，白天也亮",
        "{spot}路灯被树枝挡住，走夜路看不清台阶",
        "感应灯反应太慢，要跺好几下脚才亮",
        "楼道灯的灯罩松了，摇摇晃晃的",
    ),
    "upkeep.door": (
        "单元门关不上，谁都能进",
        "门禁刷卡没反应，只能等别人开门",
        "楼宇对讲听不到声音，按了没人应",
        "单元门锁坏了，门一直敞着",
        "单元门的闭门器坏了，关门声特别响，{floor}都听得见",
        "门禁系统升级以后，{someone}的卡刷不开了",
        "单元门的玻璃裂了一道，怕扎手",
    ),
    "upkeep.lift": (
        "电梯运行有异响，到{floor}会抖一下",
        "电梯按钮{floor}的不亮，按不了",
        "电梯停了{few}天，{someone}下不了楼",
        "电梯门关得太快，差点夹到孩子",
        "电梯里的应急电话没人接",
        "电梯经常停在两层中间，昨天又困人了",
        "电梯里通风扇不转，夏天闷得慌",
    ),
    "upkeep.leak": (
        "{floor}天花板漏水，墙皮都掉了",
        "楼上返水，我家卫生间滴水滴了{few}天",
        "顶楼屋面漏，下雨要拿盆接",
        "外墙渗水，卧室的墙阴湿发霉",
        "水管接口漏水，楼道里一直滴",
        "{floor}管道井里渗水，水都流到电梯口了",
        "厨房的天花板渗水，楼上说不是他家的事",
    ),
    "upkeep.drain": (
        "下水道堵了，脏水从地漏往上冒",
        "{spot}的马葫芦污水外溢，{smell}",
        "一楼厨房下水返水，整栋楼用水都往我家来",
        "{spot}雨水箅子堵塞，一下雨就积水到脚面",
        "化粪池满了，{smell}",
        "主管道堵了，{floor}以下都不敢用水",
    ),
    "upkeep.wall": (
        "外墙的墙皮脱落，掉在人行道上",
        "{spot}的台阶破损，{someone}差点绊倒",
        "楼道扶手松动，{floor}那一段一拉就晃",
        "外墙保温层鼓起来了，有裂缝",
        "{spot}的栏杆断了两根，孩子爱往里钻",
        "单元门口雨棚破了个洞，下雨进不了门",
    ),
    "supply.heating": (
        "家里暖气不热，室温只有{temp}度",
        "{floor}供热不好，暖气片上面热下面凉",
        "暖气片漏水，供热单位电话打不通",
        "今年供暖以后边户一直不热，孩子都感冒了",
        "楼道的暖气管在放水，地上全是水",
        "室温不达标，想请人上门测温",
    ),
    "supply.water": (
        "自来水发黄，放了{few}分钟还是黄的",
        "水压太小，{floor}以上洗澡都没有水",
        "停水没有通知，家里一点水没存",
        "水表井盖坏了，水表泡在水里",
        "从早上就没水，问了邻居都没有",
    ),
    "supply.power": (
        "{floor}一用电就跳闸，已经好几次了",
        "楼道的电线裸露，够得着",
        "半个单元停电，邻居家有电我家没有",
        "电表箱门掉了，里面的线露在外面",
        "{spot}的电线垂得很低，大车过不去",
    ),
    "supply.gas": (
        "楼道里有煤气味，{floor}最重",
        "燃气管道生锈很厉害，想请人看看",
        "燃气表不走字了，不知道找谁",
        "楼道里的燃气阀门箱没有锁，谁都能拧",
    ),
    "safety.fire": (
        "消防通道被车占用，{spot}进不来消防车",
        "{floor}灭火器压力不够，箱子也坏了",
        "安全出口的门被锁住了",
        "消防栓里没有水带",
        "有人在{spot}烧纸，离草垛很近",
        "楼道的常闭防火门一直用砖顶着开",
        "消防通道上画的黄线看不清了，老有车停",
    ),
    "safety.ebike": (
        "有人把电动车推上楼在家里充电",
        "{floor}飞线充电，电线从窗户拉下来",
        "电动车把单元门口堵得严严实实",
        "充电桩坏了{few}个，大家又开始拉线",
        "电瓶放在楼道里充，晚上还冒热气",
        "车棚里的电动车停到了门口，{someone}进出不方便",
    ),
    "safety.falling": (
        "有人从楼上扔烟头和塑料袋",
        "{floor}的窗户玻璃松了，刮风时响",
        "楼顶广告牌螺丝松动，看着要掉",
        "阳台外面放着花盆，没有护栏",
        "楼上往下泼水，把晾的被子都弄脏了",
    ),
    "safety.pit": (
        "{spot}的井盖破了，用树枝插着",
        "路面塌了一块，有脸盆那么大的坑",
        "{spot}地砖松了，下雨一踩一身泥",
        "人行道被车压坏，{someone}绊倒过",
        "施工后路没有填平，晚上骑车很危险",
    ),
    "order.parking": (
        "{spot}有一辆僵尸车，停了{few}个月，占着车位",
        "有人私装地锁，别人没法停",
        "单元门口乱停车，救护车进不来",
        "车把坡道堵了，{someone}的轮椅过不去",
        "外来车辆太多，晚上回来没有车位",
        "有人用杂物占车位，还和邻居吵起来了",
        "小区里的车停在绿地上，草都压没了",
    ),
    "order.noise": (
        "{spot}每天晚上跳广场舞，音响开得很大，孩子没法写作业",
        "楼上装修不分时间，中午也在钻墙",
        "楼下烧烤店半夜还有人喝酒吵闹",
        "{floor}邻居半夜放音乐，睡不着觉",
        "楼上小孩天天跑跳到十一点",
        "有人早上五点在{spot}用喇叭叫卖",
        "楼里的水泵嗡嗡响，一夜没停",
    ),
    "order.dogs": (
        "有人遛狗不牵绳，追着孩子跑",
        "{spot}到处是狗屎，没人收拾",
        "{floor}的狗半夜叫个不停",
        "小区里有{few}只流浪狗，{someone}不敢出门",
        "有人把狗关在楼道里，{smell}",
    ),
    "order.illegal": (
        "有人在{spot}私搭棚子，把窗户挡住了",
        "{floor}在楼顶搭彩钢房",
        "一楼把公共绿地圈起来种菜",
        "有人把阳台往外扩，怕影响承重",
        "有人在{spot}垒了鸡窝，{smell}",
    ),
    "neighbours.dispute": (
        "楼上漏水两家说不拢，想请社区调解",
        "邻居把鞋柜放在公共走廊，说了几次都不听",
        "因为车位和邻居闹矛盾，想请人说和",
        "和楼上为噪音的事吵架，关系很僵",
        "邻居家空调外机正对我家窗户，热风直往屋里吹",
    ),
    "neighbours.care": (
        "{floor}住着一位独居老人，{few}天没见出门了",
        "邻居大爷行动不便，没人帮着买菜送药",
        "我母亲一个人在家，想请人有空去看看",
        "{floor}有位残疾人下楼难，想申请个坡道",
        "楼里一位老人刚出院，儿女不在身边，需要人照应",
    ),
    "neighbours.help": (
        "{floor}有位老人摔倒了，起不来",
        "{spot}有人晕倒了，脸色很白",
        "{floor}的老人没人应门，{few}天没见出门",
    ),
    "neighbours.suggest": (
        "建议在{spot}加装两张长椅，老人走累了能歇歇",
        "能不能在{spot}装个健身器材",
        "希望增设一个快递柜，现在都堆在地上",
        "感谢{someone2}帮我家修好了门，表扬一下",
        "建议把楼道窗户换一换，冬天太冷",
        "希望社区周末也能办事，平时要上班",
        "能不能办个手机班，教老人怎么挂号",
    ),
    "services.papers": (
        "想问居住证怎么办理，要带什么材料",
        "养老认证在手机上做不了，想请人帮忙",
        "孩子上学要开证明，社区能不能盖章",
        "医保断了两个月，怎么补",
        "想给老人办高龄津贴，不知道找谁",
    ),
    "services.property": (
        "物业费涨了，没有公示",
        "保安晚上都在睡觉，谁都能进小区",
        "报修{few}次物业都没来人",
        "维修基金用了多少，想看看账",
        "物业收费不开发票",
        "小区的健身器材坏了半年，物业说没有钱修",
    ),
    "services.conduct": (
        "去办事排了很久，态度不好，还让我第二天再来",
        "反映的事推来推去，没人给个准话",
        "打了{few}次电话都说在开会，一直没有回",
    ),
    "services.other": (
        "捡到一串钥匙，放在哪里",
        "想借社区的活动室给孩子过生日，可以吗",
        "{spot}有人发传单，说是体检，不知道真假",
        "想报名当志愿者，怎么联系",
        "家里的旧衣服旧书想捐，送到哪里",
    ),
}

_SPOTS: Final = (
    "单元门口",
    "楼东侧",
    "楼西侧",
    "楼后身",
    "小广场边",
    "自行车棚旁",
    "垃圾站旁",
    "小区北门",
    "小区南门",
    "健身器材那边",
    "地下车库入口",
    "幼儿园门前",
    "超市门口",
    "花坛边",
    "配电室旁边",
    "老年活动室门口",
    "篮球场边上",
    "公交站那头",
)
_FLOORS: Final = (
    "一楼",
    "二楼",
    "三楼",
    "四楼",
    "五楼",
    "六楼",
    "七楼",
    "顶楼",
    "二到三楼之间",
    "四楼半",
)
_FEW: Final = ("两", "三", "四", "五", "六", "好几")
_SMELL: Final = ("味道很大", "味儿特别冲", "天一热就有异味", "臭味一直飘到屋里", "招了很多苍蝇")
_SOMEONE: Final = ("老人", "孩子", "我妈", "楼里的大爷", "行动不便的邻居", "孕妇", "送菜的师傅")
_SOMEONE2: Final = ("楼栋长", "单元长", "网格长", "社区的同志", "志愿者", "隔壁邻居")
_TEMPS: Final = ("13", "14", "15", "16", "17")
_SLOTS: Final[dict[str, tuple[str, ...]]] = {
    "spot": _SPOTS,
    "floor": _FLOORS,
    "few": _FEW,
    "smell": _SMELL,
    "someone": _SOMEONE,
    "someone2": _SOMEONE2,
    "temp": _TEMPS,
}
_OPEN: Final = (
    "您好，",
    "你好，",
    "社区的同志您好，",
    "麻烦问一下，",
    "反映个事，",
    "请问，",
    "各位辛苦了，",
    "我住这个单元，",
    "我是老住户了，",
    "替邻居说一句，",
)
_SINCE: Final = (
    "，已经{few}天了",
    "，快一周了",
    "，从上个月就这样",
    "，今天早上发现的",
    "，昨天晚上开始的",
    "，前后有半个月了",
    "，打扫的阿姨也看见了",
    "，左邻右舍都知道",
    "，一到周末更厉害",
    "，下雨天更明显",
)
_ASK: Final = (
    "。希望尽快处理",
    "。能不能派人来看看",
    "。麻烦帮忙协调一下",
    "。请问什么时候能修",
    "。盼着能有个说法",
    "。谢谢",
    "。麻烦给个回话",
    "。先谢谢了",
    "。最好这两天能来人",
    "。有消息告诉我一声",
    "。请转给能管的人",
    "。上次也报过，又这样了",
)

# What the one who did it writes; by the first part of the category's key, "" for all.
RESULTS: Final[dict[str, tuple[str, ...]]] = {
    "cleaning": (
        "已经清运干净，{spot}也冲洗过了。",
        "保洁当天来打扫了，以后每周两次。",
        "和邻居说好了，东西当天搬走，楼道通了。",
        "已撒融雪剂，门口和坡道清出来了。",
        "消杀做完了，一周后再看一次。",
    ),
    "upkeep": (
        "换了新的，试了三次都正常。",
        "师傅来修好了，缺的零件也配上了。",
        "疏通完了，水下得很快，地面也冲干净了。",
        "重新做了防水，浇水试过，没有再漏。",
        "松的地方加固了，破的补上了。",
    ),
    "supply": (
        "供热单位上门测温，放了气，两小时后升到 20 度。",
        "阀门换了，水压正常。",
        "抢修人员到了，线路已恢复。",
        "管道查过，接口重新打了胶，检测合格。",
    ),
    "safety": (
        "通道清出来了，画了线，也贴了提示。",
        "井盖换了新的，周围围起来等水泥干。",
        "电动车都挪到充电棚了，飞线已拆。",
        "松动的拆下来了，{spot}拉了警戒线。",
    ),
    "order": (
        "和车主联系上了，今天挪走。",
        "上门说好了，晚上九点以后不放音响。",
        "狗主人答应牵绳，也领了拾便袋。",
        "已当面劝说，杂物清走，地锁拆除。",
    ),
    "neighbours": (
        "两家坐下来谈了，说好各让一步。",
        "去家里看过了，人没事，以后每周去两次。",
        "已列入这季度的微改造，月底前装好。",
    ),
    "services": (
        "已帮忙在手机上办好，材料不用再跑。",
        "物业在门口贴了收支，也当面解释了。",
        "已当面致歉，窗口加了一个人。",
    ),
}
EXPLAINED: Final = (
    "这处是私产，要业主自己修；我们给了三家维修的电话，也请楼栋长陪着去谈。",
    "按规定要三分之二业主同意才能改，已把这件事列入下次议事。",
    "今年的维修计划已经排满，排到了明年四月，届时会提前通知。",
    "到现场看了两次，没有再出现；请您下次遇到时拍张照片。",
)
PASSED_UP: Final = (
    "要动公共管道，我这里没有工具。",
    "需要协调物业和施工队，请网格长出面。",
    "涉及好几个单元，楼里说不拢。",
    "要花钱换件，我做不了主。",
    "找过两次，对方不开门。",
    "得有电工证的人来弄。",
)
WHISTLED: Final = (
    "需要你们派人现场查看并处理。",
    "占用公共道路，请执法队到场。",
    "井盖权属不清，请到现场认定。",
    "存在安全隐患，请今天到场。",
    "管网的事我们动不了，请派专业队伍。",
)
DISPUTED: Final = (
    "这段路不在我们养护范围内，属于小区内部道路。",
    "该设施由产权单位负责，不是我们的职责。",
    "同样的事上个月已移交物业。",
)
DECIDED_REJECTED: Final = ("按街道的分工表，这一段归你们管，请继续处理。",)
DECIDED_UPHELD: Final = ("情况属实，退回社区，由物业处理。",)
SUSPENDED: Final[dict[str, tuple[str, ...]]] = {
    "parts": ("配件在路上，厂家说五天到货。", "同型号的门禁板缺货，已订。"),
    "weather": ("零下二十度做不了防水，等气温回升。", "这几天大雨，高处不能作业。"),
    "consent": ("要楼上同意开墙检查，正在联系。",),
    "season": ("树木移栽要等到春天。",),
    "procedure": ("已立案，按程序要公告。",),
    "reporter": ("约您在家的时间，等您回话。",),
}
NOT_SOLVED: Final = (
    "还是老样子，根本没修好。",
    "好了一天又坏了。",
    "来人看了一眼就走了，没有动手。",
    "只清了一半，{spot}还有。",
    "没有人跟我联系过。",
)
THANKS: Final = (
    "修得很快，谢谢。",
    "当天就来了，辛苦了。",
    "态度很好，讲得明白。",
    "终于解决了，感谢大家。",
    "",
    "",
    "",
    "",
)
NOT_HAPPY: Final = ("拖得太久了。", "催了好几次才来。", "修是修了，地上弄得很脏。")
ADDED: Final = (
    "补充一下，{spot}也有同样的情况。",
    "今天又发生了一次。",
    "我白天上班，晚上六点以后在家。",
    "拍了照片，比上次更严重了。",
    "问了楼下邻居，他家也这样。",
)
NOTED: Final = (
    "已电话联系，约了明天上午上门。",
    "和物业说过了，他们答应今天来。",
    "现场看过，要换件，正在询价。",
    "联系了两次没有接，晚上再打。",
    "已报给维修班，排在今天下午。",
)
SUPERVISED: Final = (
    "请今天下班前给居民一个准话。",
    "这件事拖得久了，请说明卡在哪里。",
    "同一个单元第三次反映，请到现场看。",
)
EXTEND: Final = ("配件要从外地发，还差几天。", "施工队排不开，下周一进场。", "要等业主大会的结果。")
REOPENED: Final = ("又坏了，和上次一样。", "修完不到一周，又漏了。", "刚开始好，现在又堵了。")
WITHDRAWN: Final = ("已经自己处理好了，不麻烦了。", "邻居帮忙弄好了。", "")
OUTSIDE: Final = (
    "这条路是市政道路，已把材料转过去，也把电话给您。",
    "供热入户以后归供热单位，已替您报修。",
    "这是房屋买卖的纠纷，社区不能判，可以找法院或仲裁。",
)
VERIFIED_NOT: Final = ("到现场看了，还有一处没有弄完。", "试了一下还是不行，请再来一次。")
ROOT: Final = (
    "这栋楼的{what}近三个月反复出现，请查根子，一次解决：线路、权属、保养由谁负责。",
    "{what}反复报修，建议一起看：换设备还是改管理。",
)

SURNAMES: Final = (
    "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕"
    "苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史"
)
_GIVEN: Final = (
    "安宁和顺平康乐怡明朗清雅文竹松柏志国建华玉兰秀英桂芳淑珍海燕春梅东升立新晓光"
    "永福长林景云凤霞德胜宝山庆余静芝荣昌敏学广田雪峰向阳丽娟国强卫东素琴"
)
LONG_NAMES: Final = (
    "阿依古丽·买买提江",
    "努尔艾力·阿布都热合曼",
    "其其格·巴特尔",
    "金顺姬",
    "欧阳慧敏",
    "司徒建中",
    "古丽米热·艾尔肯江·吐尔逊",
)


def fill(rng: Random, text: str) -> str:
    """Return ``text`` with its slots filled."""
    if "{" not in text:
        return text
    return _SLOT.sub(lambda found: rng.choice(_SLOTS[found.group(1)]), text)


def need(rng: Random, key: str) -> str:
    """Return what a resident writes about a need of the category ``key``."""
    chance = rng.random()
    text = fill(rng, rng.choice(NEEDS.get(key) or NEEDS["services.other"]))
    if chance < 0.45:
        text = rng.choice(_OPEN) + text
    if chance > 0.3:
        text += fill(rng, rng.choice(_SINCE))
    if 0.15 < chance < 0.85:
        text += rng.choice(_ASK)
    return text + "。"


def result(rng: Random, key: str) -> str:
    """Return what the one who handled it writes."""
    return fill(rng, rng.choice(RESULTS[key.partition(".")[0]]))


def said(rng: Random, among: tuple[str, ...]) -> str:
    """Return one of the sentences with its slots filled."""
    return fill(rng, rng.choice(among))


def name(rng: Random) -> str:
    """Return a made-up name; one in sixty is long or compound, as some names are."""
    if rng.random() < 1 / 60:
        return rng.choice(LONG_NAMES)
    given = rng.choice(_GIVEN)
    if rng.random() < 0.8:
        given += rng.choice(_GIVEN)
    return rng.choice(SURNAMES) + given
