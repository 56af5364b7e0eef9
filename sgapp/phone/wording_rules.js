// The catalogue of gentle flags, one rule for each row of the table in DOMAIN annex §4. Read by wording.js in this form: lower
// case, names as N, quotations as ¶.
//
// A rule has a `question`, what `answered` it already (in this sentence or the next; `asked`: in the one before), and terms:
// words to `find`, and where they are harmless: `before` and `after` them, `unless` the sentence holds something, `known` from
// what went before. `first`: only at the start of a sentence. `leads`: what follows says better what to ask ("seemed upset").
// `toldAfter`: a colon after the words brings the facts. `reported`: silent where she tells what somebody else said.
//
// Questions are in plain words and may be read by whoever looks over the shoulder. No pattern repeats an open repeat.

import * as t from "./words/wording_rules.js";

const set = (words) => new Set(words.trim().split(/\s+/));

export const MONTHS_AND_DAYS = set(`january february march april may june july august september october november
  december monday tuesday wednesday thursday friday saturday sunday christmas easter`);

// Words that begin a sentence, or are written large, and name nobody.
export const STARTERS = set(`a after again all also am an and another apparently as asked at attention bad bathroom
  because bed bedroom before behaviour bible both bruise bruises bruising but by called carer carers care challenging
  client client's concern concerns confused confusion daughter declined did door during each either everyone
  everything family father fine flat for found friend gave had has have he he's her here his home house how husband i
  i'm i've if in incident is issue issues it it's its kicked kitchen large lately later left looked looks mark marks
  may medication medicine more mother mum my nasty nephew neighbour neighbours niece no nobody none not nothing noted
  now nurse of office often ok okay old on once one or our people police poor possible possibly present probably rang
  recently refused relatives room safeguarding saw she she's some somebody someone something son staff still that the
  their them then there these they they're things this those today told tonight towards two very visit visitor was we
  were what when where which while who wife with yesterday yes you your`);

// A pattern over several lines is one line.
const one = (strings, ...parts) => String.raw(strings, ...parts).replace(/\n\s*/g, "");
const g = (...pattern) => new RegExp(one(...pattern), "g");
const r = (...pattern) => new RegExp(one(...pattern));
const after = (...pattern) => new RegExp(`^(?:${one(...pattern)})`);
const before = (...pattern) => new RegExp(`(?:${one(...pattern)})$`);
const answered = (...patterns) => new RegExp(["¶", ...patterns].join("|")); // exact words answer nearly everything

export const ADVERBS = one`(?:very|quite|so|really|a bit|bit|a little|rather|more|too|still|again|all|clearly|obviously
  |extremely|absolutely|completely|always|often|not|right|pretty|just|also|most|going|a lot|visibly|rather|verbally)`;
const A = one`(?: ${ADVERBS}){0,3}`;
const NAMED = one`N+(?: N+){0,2}`;
const KIN = one`(?:sons?|daughters?|husband|wife|mother|father|mum|dad|brothers?|sisters?|nephews?|nieces?|cousins?|uncle
  |aunt|grandsons?|granddaughters?|partner|lodger|neighbours?|friends?|in-laws?|couple|man|men|woman|women|lad|lads|lady
  |boys?|girls?|children)`;
const PERSON = one`\b(?:he|she|they|${NAMED}|${KIN}|client|resident|patient|gentleman|service user)`;
const IS = one`(?:'s|(?: has| had| have)? been| is| was| are| were| being| became| become| becomes| gets?| got| getting
  | goes| went| gone| seems?| seemed| looks?| looked| appears?| appeared| feels?| felt| feeling| going|'s (?:gone|been
  |become|got))`;
const PERSON_IS = one`${PERSON}(?: has| had| was| is| can| could| may| will)?${IS}?${IS}${A} `;
const ENDS = one`(?=\s*(?:[.,;:!?]|$)| (?:and|when|while|so|but|since|because|this|at the moment|at times|today|tonight
  |yesterday|again|all|lately|in the|about|during|throughout|after|before|now|on arrival|towards
  |at (?:the )?(?:\w+ )?(?:call|visit|lunch|tea|breakfast|bedtime|teatime))\b)`;

const BODY = one`\b(?:cry|cried|crying|tears?|sobb\w+|shak\w+|shook|trembl\w+|face|eyes?|mouth|lips?|voice|hands?|fists?
  |head|shoulders?|whisper\w*|shout\w*|flinch\w*|stared|stood|backed|paced|pacing|curled|held|gripped|clutch\w+|jumped
  |turned|wrung|sweat\w*|frown\w*|laughed|smiled)\b`;
const ACTS = one`${BODY}|\b(?:hit|threw|thrown|push\w*|pulled|kicked(?! off)|punch\w*|slapped|spat|bit (?:me|her|him|my)
  |swung|grabbed|banged|slammed|swore|raised|walked|pointed|minutes|called (?:me|her|him)|knocked|tipped)\b`;
const COLOUR = one`\b(?:red|purple|yellow|green|blue|brown|black(?! eyes?)|grey|pink|orange|yellowish|reddish|dark
  |white)\b`;
const SIZE = one`\b\d+(?:\.\d+)? ?(?:cm|mm|centim\w+|millim\w+|inch\w*|x|by)\b|\bsize of\b|\bas big as\b|\d"|\bcoin\b`;
const DATES = one`\d|\b(?:${[...MONTHS_AND_DAYS].join("|").replace("may|", "")}|yesterday|last (?:night|week|month|year)
  |once|twice|(?:two|three|four|five|six|seven|eight|nine|ten|dozen) (?:times|days|nights|weeks|months|years|visits
  |calls)|each (?:day|night|morning|visit|call)|every (?:day|night|morning|evening|visit|call))\b`;
const DID = one`\d|\b(?:ate|eaten|drank|drunk|talked|chatted|laughed|sang|watched|watching|walked|slept|asked|played|read
  |said|told|knitt\w+|joked|finished|had (?:tea|toast|porridge|soup|lunch|breakfast|dinner|a (?:wash|shower|shave|bath
  |cup))|showed|helped|cup of|bowl of|plate)\b`;
const SHOWS = one`\b(?:television|telly|tv|radio|film|programme|leaflet|poster|magazine|newspaper|training|quiz|soap)\b`;
const PROFESSIONAL = one`\b(?:gp|doctor|nurse|hospital|surgery|letter|diagnos\w+|antibiotics|results?|tested
  |paramedics?)\b`;

// Whom a "they" may mean: a name, a relation, an office, or any noun in the plural. Verbs in -s are none.
const NO_PLURAL = set(`always this says goes does takes makes keeps lives needs wants gets comes thinks tells asks
  looks lets uses feels seems leaves likes knows walks sometimes towards yes perhaps besides hers theirs ours yours
  minutes hours days weeks times thus news refuses happens shouts rings stays sees turns puts calls gives nights
  months years visits`);
const GROUP = r`N|\b(?:${KIN}|both|people|police|council|surgery|hospital|pharmacy|ambulance|bank|paramedics|pharmacist
  |chemist|school|centre
  |agency|shop|crew|team
  |111|999|101|office)\b`;
const plural = (word) => !NO_PLURAL.has(word) && !/(?:us|is)$/.test(word);
const antecedent = {
  test: (text) => GROUP.test(text) || [...text.matchAll(/\b[a-z]{2,}[a-rt-z]s\b/g)].some(([word]) => plural(word)),
};

export const RULES = [
  {
    code: "vague",
    question: t.vague,
    toldAfter: true, reported: true, answered: answered(),
    terms: [
      {
        find: g`\bconcerns? (?:was |were |been |being |has been |have been )?(?:raised|reported|noted|expressed|about|for
          |re|regarding|over)\b`,
        before: before`\bno (?:\w+ )?`,
      },
      {
        find: g`\b(?:rais(?:ed?|ing)(?: a| some)?|have|had|has|some|more|serious|a|my|our|several|many|ongoing|growing
          |possible) concerns?\b`,
        after: after` (?:form|sheet)`,
      },
      { find: g`\b(?:worried|worry|worries|concerned|uneasy) (?:about|for|over|by)\b` },
      {
        find: g`\b(?:some|ongoing|more|various|having|many|family|were|are|further|have|had|these) (?:\w+ )?(?:issues?
          |problems?)\b|\bissues\b|\b(?:an|the|another) issue with\b`,
        before: before`\bno (?:\w+ or )?`,
        after: after` (?:of the|number|opening|with (?:the )?(?:key|lock|boiler|tap|lift|car))`,
      },
      {
        find: g`\b(?:an|another|some|serious|further) incidents?\b|\bincidents? (?:has |have |had |was )?(?:occurred
          |happened|took place|today|yesterday|with|between|involving|last|over|this)\b`,
        after: after` (?:form|number|log|report|book|sheet|reference|room)`,
      },
      {
        find: g`\bsomething(?: \w+){0,2} (?:wrong|amiss|odd|strange|weird|funny|off|fishy|up)(?= (?:between|about|here
          |going|today|when|in the house|at home)\b|\s*[.,;!?]|$)`,
      },
      {
        find: g`\b(?:something|things|it|all)(?: \w+){0,2}(?: not|n't)(?: \w+){0,2} right\b`,
        after: after` (?:side|hand|arm|leg|foot|way|time|size|key|one|change|tablets?)`,
      },
      {
        find: g`\bflag(?:ging)? (?:this )?up\b|\b(?:an|another) episode\b|\bwhat(?: is|'s) going on\b
          |\bnot (?:at all )?happy (?:with|about) (?:what|how|the way|this)\b|(?:\bnot|n't)(?: \w+){0,2} as it should be\b`,
        before: before`\b(?:asked|ask|know|knew|said) (?:\w+ )?`,
      },
      { find: g`\bsafeguarding (?:issue|concern|matter|incident|problem|worry|alert)s?\b` },
      {
        find: g`\b(?:bad|gut|funny|strange|odd|horrible) (?:feeling|vibe|atmosphere)s?\b|\b(?:feel|felt|feels
          |feeling) uneasy\b`,
      },
    ],
  },
  {
    code: "seems",
    question: t.seems,
    leads: true, toldAfter: true, reported: true, answered: answered(BODY, one`\bbecause\b`),
    terms: [
      { find: g`\bseem(?:s|ed|ing|ingly)?\b` },
      {
        find: g`\bappear(?:s|ed|ing)?\b(?= (?:to|as|that|very|quite|\w+(?:ed|ing|y|d|less|ful)\b))`,
        after: after` (?:at|in|from|on|behind|outside|again|round|through|with|beside|by|under|over|and|while|when)\b`,
      },
      { find: g`\b(?:possibly|probably|presumably|probable|maybe|perhaps)\b`, after: after`(?: about| around)? ?\d` },
      {
        find: g`\bmust(?: have|'ve)(?= (?:been|fallen|gone|taken|hit|left|done|got|lost|put|given|thrown|hurt|forgotten
          |eaten|drunk|broken|spent|told|cut|run|come|slept|had|\w{2,}ed)\b)`,
      },
      {
        find: g`\b(?:look|sound)(?:s|ed|ing)? (?:like|as (?:if|though))(?= (?:he|she|they|it|someone|somebody|nobody
          |there|we|N+ (?:is|was|had|has|did))\b)`,
      },
      {
        find: g`\b(?:look|sound)(?:s|ed)? like(?= (?:an? )?(?:\w+ )?(?:burns?|bites?|infection|fall|fight|stroke|uti
          |grooming|bruis\w+|pinch|injury|injuries|thrush|theft|grip marks?)\b)`,
      },
      {
        find: g`\bi (?:really |do |did |just |also |would )?(?:think|thought|believed?|suspect(?:ed)?|reckon|assumed?
          |guess|imagine)\b`,
        after: after` of\b|.{0,30}\d`,
      },
      {
        find: g`\bi (?:really |do |did |just |also )?(?:feel|felt)\b`,
        after: after` (?:sick|cold|hot|along|under|around|for|a (?:draught|lump|pulse|bump|hand)|(?:the|her|his|its|my
          |their)\b(?![\w ]{0,24}\b(?:was|were|is|had|has|should|did|would|could|wants?)\b))`,
      },
      {
        find: g`\bin my (?:opinion|view)\b|\bmy (?:opinion|feeling|impression|view|guess|hunch)\b|\b(?:the
          |an) impression\b|\b(?:get|got|had) the feeling\b
          |\bi(?:'m| am) (?:sure|certain)\b|\bpretend(?:ing|ed)? to\b|\b(?:i|you) could (?:tell|see (?:that )?(?:he|she|they))\b
          |\bno doubt\b`,
      },
      {
        find: g`\b(?:clearly|obviously|evidently)\b`,
        before: before`\b(?:spoke|speaks?|speaking|see|saw|sees|hear|heard|hears|said|say|says|answered|read|reads|talked
          |talks?|wrote|writes?|written|pointed|asked|very|quite|more|loudly and|slowly and|so|as|too|not) `,
        after: after` (?:visible|marked|labelled|written|printed|heard|audible|legible|signed|dated|say|said|seen|shown
          |and)\b|\s*[.,;]|\s*$`,
      },
    ],
  },
  {
    code: "label",
    question: t.label,
    toldAfter: true, answered: answered(),
    terms: [
      {
        find: g`\b(?:abus(?:e|ed|es|er|ing|ive)|neglect(?:ed|s|ing|ful)?|assault(?:s|ed|ing)?|victims?|perpetrators?
          |coerc(?:ive|ion|ed|ing)|gasligh\w+|gaslit|bull(?:y|ied|ies|ying)|exploit(?:ed|s|ing|ation)?|intimidat(?:es?|ed
          |ing|ion)|mistreat\w*|harass\w*|domestic violence|blackmail\w*|threaten(?:s|ed|ing)?|violent)\b
          |\b(?:takes?|took|taking) advantage of\b|\btreat(?:s|ed|ing) (?:him|her) (?:like|badly)\b`,
        after: after` (?:to (?!her|him|me|us|them|N)|(?:support|line|training|course|storm|weather|wind)\b)`,
        unless: r`${SHOWS}|\b(?:garden|grave|lawn|war)\b`,
      },
      {
        find: g`\bcontrolling\b`,
        after: after`(?: the| his| her| a| its)? (?:heating|hoist|bed|chair|pain|diabetes|blood|volume|temperature|sugar
          |weight|tv|bladder)\b`,
      },
      {
        find: g`\bgroom(?:ed|ing|s)?\b`,
        after: after`(?: the| her| his| a)? (?:cat|dog|horse|pony|pets?|dogs|cats|himself|herself|kit|brush|hair|beard)\b`,
        before: before`\b(?:dog|cat|well|pet|personal|self|the)[ -]`,
        unless: r`${SHOWS}|\b(?:dogs?|cats?|hair|nails|pony)\b`,
      },
    ],
  },
  {
    code: "manner",
    question: t.manner,
    toldAfter: true, reported: true, answered: answered(ACTS),
    terms: [
      {
        find: g`\b(?:agg?ress(?:ive|ively|ion)|agitat(?:ed|ion)|attention[- ]seeking|manipulative|non[- ]?complian(?:t|ce)
          |un-?co-?operative|hostile|rude|stroppy|misbehav\w+)\b|\b(?:not|n't) co-?operat\w+|\bbad(?:ly)? behav\w+
          |\blost (?:his|her|their) temper\b|\b(?:is|was|being) a handful\b|\b(?:playing|played|acting|acted) up\b`,
        after: after` (?:cancer|tumour|treatment)\b`,
      },
      {
        find: g`\bchallenging\b(?=(?: behaviours?| person| client| man| lady| woman| with| at| during| for (?:us|staff)
          | again| today|\s*[.,;!?]|\s*$))`,
      },
      {
        find: g`\bkick(?:ed|s|ing) off\b`,
        before: before`\b(?:match|game|football|final|cup|it) `,
        after: after` (?:his|her|their|my|the|its|a|one|both|slippers|shoes)\b`,
      },
      {
        find: g`(?:${PERSON_IS}|\bbeing )difficult\b(?! (?:to|for|about the)\b)|\bdifficult (?:person|man|lady|woman
          |client|behaviour|mood)\b`,
      },
    ],
  },
  {
    code: "mood",
    question: t.mood,
    toldAfter: true, reported: true, answered: answered(BODY, one`\brail\b`),
    terms: [
      {
        find: g`\bupset\b`,
        before: before`\b(?:stomach|tummy) `,
        after: after` (?:the|her|his|a|my|their|some) (?!son|daughter|man|lady|other|whole)|,? ?(?:stomach|tummy)`,
      },
      {
        find: g`\bwithdrawn\b`,
        before: before`\b(?:money|cash|pension|amount|offer|complaint|consent) (?:\w+ ){0,2}`,
        after: after` (?:her|his|their|the|from|money|cash|all|some|a)\b| ?£| ?\d`,
        unless: r`£|\b(?:bank|account|cash)\b`,
      },
      {
        find: g`\b(?:depressed|anxious|frightened|scared|distressed|unhappy|miserable|nervous|fearful|terrified
          |in distress)\b`,
        after: after` the (?:button|lever|brake)`,
      },
      {
        find: g`${PERSON_IS}(?:worried|on edge|fed up|grumpy|moody|cross|weepy|jumpy|stressed)\b`,
        after: after` (?:about|by|that|the|her|his|over to)\b`,
      },
      { find: g`\bafraid\b`, before: before`\bi(?:'m| am| was) ` },
      { find: g`\b(?:sad|angry)\b`, after: after` (?:film|song|story|news|book|programme|red|wasp|looking (?:red
        |sore))\b` },
      {
        find: g`${PERSON_IS}(?:low|down)${ENDS}|\b(?:feel(?:s|ing)?|felt|seem(?:s|ed)) (?:${ADVERBS} )?(?:low
          |down)${ENDS}|\b(?:low|down)(?: in)? (?:mood|spirits|the dumps)\b|\bmood (?:is|was|seemed)(?: \w+)? low\b`,
        unless: r`\b(?:oil|battery|pressure|sugar|gas|meter|credit|stock|supply|supplies)\b`,
      },
      {
        find: g`(?:\bnot|n't)(?: quite| really| at all| feeling| being| looking)? (?:him|her|them)sel(?:f|ves)\b`,
        before: before`\b(?:did|does|do|could|can|would|will|should|must|has|had|have) ?`,
      },
      { find: g`(?:\bnot|n't) (?:quite )?(?:her|his|their) (?:usual|normal|old) sel(?:f|ves)\b` },
    ],
  },
  {
    code: "fine",
    question: t.fine,
    toldAfter: true, reported: true, answered: answered(DID),
    terms: [
      {
        find: g`(?:${PERSON_IS}|\b(?:all|everything|everyone|things|visit|call)(?: is| was| seems| seemed| are| were
          | went)?${A} )(?:fine|ok|okay|settled|content|happy|well|alright|all right|comfortable|cheerful)(?= in (?:him
          |her|them)self|${ENDS.slice(3, -1)})`,
        before: before`\b(?:if|whether|how|asked) `,
        after: after` (?:about|in the (?:chair|armchair|bed|car))`,
      },
      { find: g`\b(?:fine|ok|okay|all ok|all okay|all fine|client settled|settled|all well|all good)${ENDS}`, first: true },
      {
        find: g`\bdoing (?:very |really )?(?:well|fine|ok|okay)\b|\b(?:fine|ok|okay|well|happy|good) in (?:him|her
          |them)self\b|\bin good spirits\b|\b(?:her|his|their) (?:usual|normal|old) self\b
          |\b(?:left|found) (?:him|her|them|N+)(?: \w+)? (?:fine|ok|okay|settled|happy|comfortable|content|well)\b
          |\ball (?:tasks|care|duties|jobs) (?:was |were )?(?:completed?|done|given)\b|\beverything (?:was )?done\b`,
        before: before`(?:\bnot|n't) (?:quite )?`,
      },
      {
        find: g`\b(?:good|pleasant|nice|lovely|quiet|uneventful) (?:day|night|morning|evening|afternoon|visit|shift|call
          |week|weekend)\b`,
        before: before`\b(?:it|that|a) (?:is|was) (?:such )?a |\b(?:say|wish\w*|me|her|him|you) (?:a )?`,
        after: after`'s\b|,? (?:to|so|for)\b`,
      },
      {
        find: g`\bno (?:\w+ )?(?:concerns?|issues?|problems?|worries)\b|\bnothing (?:to (?:report|note|add)|of (?:note
          |concern)|unusual|untoward|out of the ordinary)\b`,
        after: after` (?:opening|turning|getting|with the (?:key|lock|lift|hoist))`,
      },
    ],
  },
  {
    code: "clean",
    question: t.clean,
    toldAfter: true, reported: true,
    answered: answered(COLOUR, one`\b(?:stain\w*|soil|mud|muddy|paint|mould\w*|crumbs|grease|gravy|egg|soup|blood|faeces
      |urine|ink|oil|dust|cigarettes?|rotten|sour)\b`, one`\b(?:\d+|two|three|four|five|six|seven|eight|nine
      |ten) (?:\w+ )?(?:plates|cups|bags|bottles|cans|pans|boxes|mugs)\b`),
    terms: [
      {
        find: g`\b(?:unkempt|filthy|squalid|squalor|dishevelled|stank|stinks?|stinking|unclean|grubby|scruffy|disgusting)\b`,
        after: after` of\b`,
      },
      {
        find: g`\b(?:smelly|smelled|smells|smelt)\b(?= (?:bad|awful|really|strongly|again|today|terrible|horrible|very
          |when|this)\b|\s*[.,;!?]|\s*$)|\bsmelly (?:room|bed|clothes|house|flat|feet)\b|\b(?:bad|nasty|horrible|awful
          |dirty|funny|strong|terrible|foul) (?:smell|odour)\b(?! of)`,
      },
      {
        find: g`\bdirty\b`,
        before: before`\b(?:wash\w*|put|load\w*|took|taken|clear\w*|empt\w*|soak\w*|sort\w*|collect\w*|stack\w*|chang\w*
          |strip\w*|brought|remov\w*|bag\w*|rinsed)\b[^.,;]*`,
        after: after` (?:look|joke|word|trick|smell|laundry|washing)`,
      },
      {
        find: g`\bpoor (?:\w+ )?hygiene\b|\bhygiene (?:is|was|has been|seems)${A} (?:poor|bad|lacking)\b
          |\black of hygiene\b`,
      },
      {
        find: g`\b(?:house|home|flat|kitchen|room|bedroom|bathroom|place|lounge|everything|everywhere|toilet|hall) (?:is
          |was|were|looks|looked) (?:just |such |in |an? |absolute |total |complete |right |real |very |so ){0,4}(?:mess
          |tip|state|pigsty|messy|untidy)\b|\bin an? (?:right|bad|awful|terrible|dreadful|real|shocking|filthy) state\b
          |\b(?:rubbish|mess) (?:all over|everywhere)\b|(?:\bnot|n't) (?:been )?keeping (?:him|her)self clean\b`,
      },
    ],
  },
  {
    code: "cause",
    question: t.cause,
    toldAfter: true, reported: true,
    answered: answered(PROFESSIONAL, one`\b(?:asked|thought|did not know|didn't know|could not|couldn't|put on|slurred
      |swayed|staggered|bottles?|cans?|smel(?:t|led) of|called me|looking for)\b`),
    terms: [
      {
        find: g`\b(?:confus(?:ed|ion)|demented|intoxicated|inebriated|delirious|delirium|delusion(?:s|al)|paranoi[ad]
          |hallucinat\w+|psychotic|senile|tipsy)\b`,
        after: after` (?:the|me|him with|her with|two|both|my|it)\b`,
        unless: r`${SHOWS}`,
      },
      {
        find: g`(?:${PERSON_IS}|\b(?:came (?:in|home|back)|arrived|turned up|blind|dead|getting|got) )drunk\b(?! (?:her
          |his|the|an?|all|some|most|half|about|only|two|from|it|nothing|more|any|up)\b)`,
        before: before`\b(?:has|had|have) `,
      },
      {
        find: g`${PERSON_IS}high(?=(?: on| again| when| and| today)\b|\s*[.,;!?]|\s*$)|\bhigh on (?:drugs|something|weed
          |cannabis|drink)\b|\b(?:was|is|were|be|been|are|he's|she's) on (?:drugs|something)\b`,
      },
      {
        find: g`\b(?:lacks?|lacked|lacking|no|lost|without) (?:the )?(?:mental )?capacity\b|(?:\bnot|n't) (?:(?:got|have
          |has) )?(?:the |any )?(?:mental )?capacity\b|\black of capacity\b`,
        after: after` (?:assessment|form)`,
      },
      { find: g`\b(?:uti|urine infection|water infection|urinary infection|infection)s?\b|\ba few too many\b
        |\bdementia (?:is|was) (?:bad|worse|showing|playing up)\b|(?:\bnot|n't) know what (?:he|she) (?:is|was) doing\b` },
    ],
  },
  {
    code: "mark",
    question: t.mark,
    toldAfter: true, reported: true, answered: answered(COLOUR, SIZE),
    terms: [
      {
        find: g`\b(?:bad|nasty|horrible|terrible|awful|old|new|fresh|recent|big|large|huge|massive|small|some|several
          |a few|lots of|many|multiple|unexplained|strange|suspicious)(?: \w+)? (?:bruis(?:es?|ing)|marks?|injur(?:y|ies)
          |cuts?|scratch(?:es)?|burns?|wounds?|sores?|grazes?|swelling|black eyes?)\b|\bblack eyes?\b`,
        after: after`(?: \w+)? (?:on|in|across|along) (?:the|a|one|his|her) (?:\w+ )?(?:table|wall|carpet|floor|sheet
          |sofa|settee|chair|door|paint|wood|worktop|cushion|mattress|lino|oven|rug|pillow\w*|car|bath|sink|shirt|dress
          |sleeve|trousers|window)\b`,
      },
      {
        find: g`\b(?:marks?|cuts?|scratch(?:es)?|grazes?|burns?|lumps?|swelling|sores?|rash|wounds?) (?:on|to|around|round
          |across|over) (?:his |her |the |both |each |one |my )?(?:\w+ )?(?:wrists?|arms?
          |legs?|neck|face|cheeks?|chin|back|chest|thighs?|hands?|fingers?|feet|foot|ankles?|shins?|knees?|shoulders?
          |skin|eyes?|ears?|hips?|stomach|head|forehead)\b`,
      },
      {
        find: g`\bbruis(?:es?|ed|ing)\b`,
        before: before`\b(?:no|any|without)(?: \w+)? `,
        unless: r`\b(?:apples?|pears?|peach(?:es)?|bananas?|fruit|plums?|tomato\w*)\b`,
      },
      {
        find: g`\bunexplained\b|\bdefensive (?:injur\w+|wounds?|marks?)\b`,
        after: after` (?:noise|call|item|charge|payment)`,
      },
    ],
  },
  {
    code: "refused",
    question: t.refused,
    toldAfter: true, reported: true,
    answered: answered(one`\b(?:offered|asked|suggested|invited|showed|said|saying|shook|shake|shaking|pushed|waved
      |because)\b`),
    asked: r`\b(?:offered|suggested|invited)\b`,
    terms: [
      {
        find: g`\b(?:refus(?:ed|es|ing|al)|declin(?:ed|es|ing))\b`,
        before: before`\b(?:cards?|cheque|payment|application|claim|grant|loan|visa|council|bank|shop|insurance
          |request)\b[^,;]*`,
        after: after` (?:in|slightly|over)\b| at the (?:shop|till|bank|machine)| by (?:the )?(?:bank|council|shop)`,
      },
      {
        find: g`${PERSON}(?: just| simply| still| again)? ?(?:would not|wouldn't|won't|will not)(?= \w)`,
        after: after` (?:be|have|mind|need|know|reach|fit)\b`,
      },
      { find: g`\b(?:would not|wouldn't|won't) (?!be|have|mind|need|fit|reach)`, first: true },
      { find: g`\bturned down (?:his|her|the|all|any|every) (?!bed|volume|heating|tv|radio|sound|music|lights?)
        |\bnot having (?:any of )?it\b` },
      {
        find: g`\bfail(?:ed|s|ing) to engage\b|(?:\bnot|n't) (?:want to )?engag(?:e|ed|ing)\b|\bnon-?engag\w+
          |\brefuse to\b`,
      },
    ],
  },
  {
    code: "often",
    question: t.often,
    toldAfter: true, reported: true, answered: answered(DATES),
    terms: [
      {
        find: g`\b(?:always|often|recently|regularly|frequently|constantly|continually|repeatedly|lately|all the time
          |every time|most days|for ages|(?:a|some|quite a) (?:while|time) (?:ago|back)|several times|many times
          |lots of times|again and again|hardly ever|rarely|more and more|keeps? (?!an?\b|it|her|his|the)\w+ing)\b`,
        before: before`\b(?:how|as|not|so|more) `,
        unless: r`\b(?:plan|chart|label|policy|rota|leaflet|instructions?|sign|notice|box|packet)\b (?:says?|said|reads
          |is)\b`,
      },
      {
        find: g`\bnever\b`,
        before: before`\bi(?: have|'ve|'d| had)? `,
        after: after` (?:mind|ending)\b`,
        unless: r`\b(?:plan|chart|label|policy|rota|leaflet|instructions?|sign|notice|box|packet)\b (?:says?|said|reads
          |is)\b`,
      },
    ],
  },
  {
    code: "who",
    question: t.who,
    answered: null,
    terms: [
      { find: g`\bthey(?:'ve|'re|'ll|'d)?\b`, known: antecedent },
      {
        find: g`\b(?:someone|somebody)\b`,
        before: before`\b(?:for|need\w*|if|whether|want\w*|get|getting|send|find|until|is|was|ask|asked|like|when|unless
          |or) `,
        after: after` (?:called|named|else|from|at the|in an?|with|who|on each|to|i (?:did|do)|about|aged)\b`,
      },
      {
        find: g`\bfamily(?: members?)? (?:said|says?|told|tells?|report(?:ed)?|want\w*|are|were|is|was|have|had|has|took
          |take|came|comes?|visit\w*|thinks?|thought|feels?|felt|asked|asks?|do|did|don't|didn't|refus\w+|will|would|been
          |informed|aware|present|rang|called|gave|gives?|knows?|knew|decided|moved|keeps?|kept|left|needs?|never|always
          |often|brought|brings?|helps?)\b`,
        before: before`\b(?:N+|next door)['s]* `,
      },
      {
        find: g`\b(?:by|from|told|informed|rang|with|to|asked) (?:(?:the|her|his|their|a
          |some) )?family(?: members?)?\b(?! (?:photo\w*|picture|album|bible|room|doctor|home|name|car|dog|tree|dinner
          |friend|next))`,
        after: after`[ ,(:]+(?:N|${KIN}|next)`,
      },
      { find: g`\b(?:the |her |his )?family(?: members?)?\s*[.,]?$`, first: true },
      {
        find: g`\b(?:the|a|another|other|one|previous|last|night|morning|agency|new)(?: \w+)? (?:carers?|care workers?)\b
          |\bthe (?:night |day |other )?staff\b|\bstaff (?:said|told|says?|were|are|have|had|did|do|think|reported|left)\b`,
        before: before`N,? (?:is |was |who is )?`,
        after: after`(?: from [^,.]{0,30})?,? (?:called |named )?\(?N|'s? |'s\b`,
      },
      {
        find: g`\bit (?:was|has been|is|had been)(?: \w+)? (?:reported|said|alleged|mentioned|claimed|stated|rumoured)\b
          |\bi (?:was|have been|had been|'ve been) (?:told|informed|advised)\b`,
        after: after`(?: \w+){0,6} by (?:N|the (?:gp|doctor|nurse)|(?:her|his|their|the) ${KIN})| by (?:her|his
          |the) \w+,? N`,
      },
      {
        find: g`\b(?:apparently|reportedly|allegedly|rumou?rs?)\b|\b(?:told|informed) by (?:staff|a neighbour|someone
          |somebody|others)\b|\b(?:a|the|her|his) neighbours? (?:said|told|says|tells)\b
          |\bi(?:'ve| have)? heard (?:that|from (?:someone|somebody))\b
          |\bone of the (?:other )?(?:girls|carers|staff|lads|ladies)\b|\b(?:the|her|his) relatives?\b|\b(?:his|her) lot\b
          |\bfrom (?:someone|somebody)\b(?! (?:called|named|at|in|from))`,
      },
    ],
  },
];
